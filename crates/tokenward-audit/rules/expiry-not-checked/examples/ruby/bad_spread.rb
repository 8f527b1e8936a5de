class Tokens
  DEFAULTS = { verify_expiration: false }

  def user(token)
    JWT.decode(token, key, true, **DEFAULTS, algorithm: 'RS256').first # finding: high
  end
end
