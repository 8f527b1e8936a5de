class FilesController < ApplicationController
  def unsubscribe
    JWT.decode(request.query_parameters[:token], key, true, algorithm: 'RS256')
  end
end
