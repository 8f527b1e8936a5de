class SessionsController < ApplicationController
  def create
    options = { value: token_for(user), httponly: false, secure: true }
    cookies.encrypted[:auth_token] = options # finding
  end
end
