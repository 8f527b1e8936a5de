class FilesController < ApplicationController
  def current_account
    token = params[:auth_token] # finding
    payload, = JWT.decode(token, key, true, algorithm: 'RS256')
    Account.find(payload['sub'])
  end
end
