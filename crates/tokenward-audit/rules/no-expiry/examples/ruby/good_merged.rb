class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, **times }, key, 'RS256')
  end
end
