require "jwt"

class AccountsController < ApplicationController
  def show
    claims = JWT.decode(token, key, true, algorithm: "ES256")
    render json: claims
  rescue JWT::ExpiredSignature => e
    render json: { error: e.message }, status: :unauthorized
  end
end
