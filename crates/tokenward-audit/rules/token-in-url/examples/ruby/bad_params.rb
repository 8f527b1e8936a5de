class FilesController < ApplicationController
  def show
    JWT.decode(params[:token], key, true, algorithm: 'RS256') # finding
  end
end
