class Tokens
  OPTIONS = { algorithm: 'RS256', verify_expiration: false }.freeze

  def user(token)
    JWT.decode(token, key, true, OPTIONS).first # finding: high
  end
end
