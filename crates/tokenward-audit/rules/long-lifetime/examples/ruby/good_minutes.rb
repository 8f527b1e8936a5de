class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, exp: 15.minutes.from_now.to_i }, key, 'HS256')
  end
end
