class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, password_required: true, exp: soon }, key)
  end
end
