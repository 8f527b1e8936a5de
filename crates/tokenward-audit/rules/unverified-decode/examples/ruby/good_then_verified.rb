class Tokens
  def user(jwt)
    issuer = JWT.decode(jwt, nil, false).first['iss']
    JWT.decode(jwt, keys[issuer], true, algorithm: 'RS256').first['sub']
  end
end
