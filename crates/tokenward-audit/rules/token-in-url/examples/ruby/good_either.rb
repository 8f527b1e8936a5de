class FilesController < ApplicationController
  def show
    token = cookies[:jwt] || params[:jwt]
    JWT.decode(token, key, true, algorithm: 'RS256')
  end
end
