class Tokens
  ALGORITHM = 'none'.freeze

  def issue(payload)
    JWT.encode(payload, key, ALGORITHM) # finding: high
  end
end
