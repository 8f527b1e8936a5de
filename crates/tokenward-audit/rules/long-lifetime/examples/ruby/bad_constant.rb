class Tokens
  LIFETIME = 60 * 60 * 12

  def issue(user)
    JWT.encode({ sub: user.id, exp: Time.now.to_i + LIFETIME }, key) # finding: medium
  end
end
