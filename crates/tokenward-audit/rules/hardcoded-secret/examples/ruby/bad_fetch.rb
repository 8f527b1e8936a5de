class JsonWebToken
  def self.decode(token)
    JWT.decode(token, ENV.fetch('JWT_SECRET', 'development'), true, algorithm: 'HS256') # finding: high
  end
end
