class JsonWebToken
  def self.decode(token)
    secret = ENV['JWT_SECRET'] || 'changeme' # finding: high
    JWT.decode(token, secret, true, algorithm: 'HS256')
  end
end
