class SessionsController < ApplicationController
  def destroy
    cookies[:jwt] = nil
    cookies[:refresh_token] = { value: '', max_age: 0 }
    cookies.delete(:access_token)
  end
end
