class SessionsController < ApplicationController
  def create
    cookies[:jwt] = { value: token, httponly: true, secure: true, same_site: :strict }
  end
end
