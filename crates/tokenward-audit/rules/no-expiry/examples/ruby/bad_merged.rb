class Tokens
  DEFAULTS = { iss: 'shop' }

  def issue(user)
    payload = { **DEFAULTS, sub: user.id }
    JWT.encode payload, key, 'RS256' # finding: high
  end
end
