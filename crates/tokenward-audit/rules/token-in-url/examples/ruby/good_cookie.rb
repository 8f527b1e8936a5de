class FilesController < ApplicationController
  def show
    JWT.decode(cookies[:jwt], key, true, algorithm: 'RS256')
  end
end
