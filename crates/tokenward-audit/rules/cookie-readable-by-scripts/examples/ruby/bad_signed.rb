class SessionsController < ApplicationController
  def remember(user)
    cookies.permanent.signed[:refresh_token] = user.issue_refresh_token # finding
  end
end
