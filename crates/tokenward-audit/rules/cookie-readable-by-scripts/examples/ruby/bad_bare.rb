class SessionsController < ApplicationController
  def create
    token = JsonWebToken.encode(user_id: user.id)
    cookies[:jwt] = token # finding
    head :created
  end
end
