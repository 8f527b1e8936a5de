class Tokens
  def user(token)
    JWT.decode(token, key, true, algorithm: 'RS256').first
  rescue JWT::DecodeError => e
    metrics.increment("refused.#{e.class}")
    nil
  end
end
