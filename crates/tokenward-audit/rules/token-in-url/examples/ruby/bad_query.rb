class FilesController < ApplicationController
  def show
    token = request.query_parameters[:token] # finding
    JWT.decode(token, key, true, algorithm: 'RS256')
  end
end
