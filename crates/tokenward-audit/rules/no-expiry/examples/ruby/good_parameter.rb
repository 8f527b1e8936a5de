class JsonWebToken
  def self.encode(payload)
    JWT.encode(payload, key)
  end
end
