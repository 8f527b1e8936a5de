class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, exp: Time.now.to_i + 3600 }, key, 'HS256')
  end
end
