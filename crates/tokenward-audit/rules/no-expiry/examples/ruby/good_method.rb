class Tokens
  def issue(user)
    JWT.encode(claims_of(user), key, 'RS256')
  end
end
