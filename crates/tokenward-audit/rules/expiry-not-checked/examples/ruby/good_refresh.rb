class Tokens
  def refresh(token)
    JWT.decode(token, key, true, algorithm: 'RS256', verify_expiration: false).first
  end
end
