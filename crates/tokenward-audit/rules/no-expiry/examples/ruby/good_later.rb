class Tokens
  def issue(user)
    payload = { sub: user.id }
    payload[:exp] = Time.now.to_i + 300
    JWT.encode(payload, key, 'HS256')
  end
end
