class Tokens
  def issue(user)
    payload = { sub: user.id, iat: Time.now.to_i }
    JWT.encode(payload, key, 'HS256') # finding: high
  end
end
