class Tokens
  def user(token)
    JWT.decode(token, key, true, { algorithm: 'RS256' }).first['sub']
  end
end
