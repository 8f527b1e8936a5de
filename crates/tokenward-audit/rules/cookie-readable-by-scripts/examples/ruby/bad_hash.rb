class SessionsController < ApplicationController
  def create
    cookies[:access_token] = { value: issue_token(user), expires: 15.minutes.from_now } # finding
  end
end
