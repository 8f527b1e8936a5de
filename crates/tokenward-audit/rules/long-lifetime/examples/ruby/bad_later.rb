class Tokens
  def issue(user)
    payload = { sub: user.id }
    payload[:exp] = 1.year.from_now.to_i # finding: high
    JWT.encode(payload, key)
  end
end
