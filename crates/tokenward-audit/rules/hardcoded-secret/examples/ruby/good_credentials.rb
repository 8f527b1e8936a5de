class JsonWebToken
  def self.encode(payload)
    JWT.encode(payload, Rails.application.credentials.jwt_key, 'HS256')
  end
end
