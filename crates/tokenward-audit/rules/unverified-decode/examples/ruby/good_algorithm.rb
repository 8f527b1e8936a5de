class Tokens
  # The third argument counts as true.
  def user(jwt)
    JWT.decode(jwt, key, 'HS256').first['sub']
  end
end
