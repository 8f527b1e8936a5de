class Tokens
  def confirmation(user)
    JWT.encode({ sub: user.id, exp: 3.days.from_now.to_i }, key, 'HS256')
  end
end
