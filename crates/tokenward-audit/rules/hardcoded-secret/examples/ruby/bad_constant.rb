class JsonWebToken
  SECRET_KEY = 'a secret that everybody can read' # finding: high

  def self.encode(payload)
    JWT.encode(payload, SECRET_KEY)
  end
end
