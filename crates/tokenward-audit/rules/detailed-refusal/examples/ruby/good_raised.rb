class Tokens
  def user(token)
    JWT.decode(token, key, true, algorithm: 'RS256').first
  rescue JWT::DecodeError => e
    raise Unauthorized, cause: e
  end
end
