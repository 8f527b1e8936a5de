class Tokens
  def issue(user)
    JWT.encode({ data: { id: user.id } }, key, 'ES256') # finding: high
  end
end
