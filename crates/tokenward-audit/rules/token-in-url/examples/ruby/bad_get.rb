class FilesController < ApplicationController
  def show
    raw = request.GET['access_token'] # finding
    JWT.decode(raw, key, true, algorithm: 'RS256')
  end
end
