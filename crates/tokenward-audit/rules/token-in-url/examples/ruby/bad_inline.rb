class FilesController < ApplicationController
  def show
    JWT.decode(request.query_parameters['jwt'], key, true, algorithm: 'RS256') # finding
  end
end
