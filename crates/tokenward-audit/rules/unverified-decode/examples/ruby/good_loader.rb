class Tokens
  def user(jwt)
    # JWT.decode(jwt, nil, false)
    JWT.decode jwt, nil, true, algorithms: ['RS256'], jwks: loader
  end
end
