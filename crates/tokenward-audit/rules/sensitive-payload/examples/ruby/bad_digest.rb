class Tokens
  def issue(user)
    payload = {
      sub: user.id,
      password_digest: user.password_digest, # finding: high
      exp: soon
    }
    JWT.encode(payload, key)
  end
end
