class SessionsController < ApplicationController
  def create
    cookies.signed[:jwt] = { value: token, httponly: true, secure: Rails.env.production? }
  end
end
