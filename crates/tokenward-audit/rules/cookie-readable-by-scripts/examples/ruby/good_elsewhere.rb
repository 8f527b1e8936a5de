class SessionsController < ApplicationController
  def create
    cookies[:jwt] = cookie_for(user)
    response.set_cookie('jwt', options)
  end
end
