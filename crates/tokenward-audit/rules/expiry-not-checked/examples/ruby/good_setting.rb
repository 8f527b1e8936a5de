class Tokens
  def user(token, strict)
    JWT.decode(token, key, true, algorithm: 'RS256', verify_expiration: strict).first
  end
end
