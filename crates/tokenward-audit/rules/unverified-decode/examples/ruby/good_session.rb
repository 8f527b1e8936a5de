require 'jwt'

class ProfileController < ApplicationController
  def show
    claims, _header = JWT.decode(session[:token], nil, false)
    @account = Account.find(claims['sub'])
  end
end
