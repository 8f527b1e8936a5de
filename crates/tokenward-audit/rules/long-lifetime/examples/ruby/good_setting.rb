class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, exp: Time.now.to_i + settings.lifetime }, key, 'HS256')
  end
end
