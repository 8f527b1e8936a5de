class SessionsController < ApplicationController
  def create
    cookies.signed[:access_token] = { value: issue_token(user), secure: false, httponly: true } # finding
  end
end
