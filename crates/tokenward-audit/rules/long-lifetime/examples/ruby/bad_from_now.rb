class Tokens
  def issue(user)
    payload = { sub: user.id, exp: 24.hours.from_now.to_i } # finding: medium
    JWT.encode(payload, key)
  end
end
