class Tokens
  def issue(user)
    JWT.encode(user.as_json, key, 'HS256') # finding: medium
  end
end
