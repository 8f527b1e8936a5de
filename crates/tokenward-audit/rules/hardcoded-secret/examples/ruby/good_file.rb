class JsonWebToken
  KEY = OpenSSL::PKey::RSA.new(File.read('config/jwt.pem'))

  def self.encode(payload)
    JWT.encode(payload, KEY, 'RS256')
  end
end
