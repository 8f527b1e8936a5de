class SessionsController < ApplicationController
  def remember(user)
    cookies.permanent.encrypted[:refresh_token] = { # finding
      value: user.issue_refresh_token,
      httponly: true,
      secure: false
    }
  end
end
