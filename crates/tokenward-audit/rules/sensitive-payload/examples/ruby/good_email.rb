class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, email: user.email, exp: soon }, key)
  end
end
