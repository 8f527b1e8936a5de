class SessionsController < ApplicationController
  def create
    cookies[:jwt] = { value: token, httponly: true, secure: false } # finding
  end
end
