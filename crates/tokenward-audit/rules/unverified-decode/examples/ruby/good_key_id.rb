class Tokens
  def kid(jwt)
    header = JWT.decode(jwt, nil, false).first
    header['kid']
  end
end
