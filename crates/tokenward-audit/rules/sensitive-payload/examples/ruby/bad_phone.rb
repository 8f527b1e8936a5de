class Tokens
  def issue(user)
    JWT.encode({ user: { id: user.id, phone: user.phone }, exp: soon }, key) # finding: medium
  end
end
