class Tokens
  def refresh_token(user)
    JWT.encode({ sub: user.id, exp: 14.days.from_now.to_i }, key, 'HS256')
  end
end
