class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, password_changed_at: user.changed.to_i, exp: soon }, key)
  end
end
