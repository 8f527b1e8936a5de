class FilesController < ApplicationController
  def show
    token = request.headers['Authorization'].split.last
    JWT.decode(token, key, true, algorithm: 'RS256')
  end
end
