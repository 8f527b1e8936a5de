class FilesController < ApplicationController
  def read(token)
    JWT.decode(token, key, true, algorithm: 'RS256')
  end
end
