class Tokens
  def user(token)
    options = { algorithm: 'RS256', verify_expiration: false }
    JWT.decode(token, key, true, options).first # finding: high
  end
end
