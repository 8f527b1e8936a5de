class JsonWebToken
  def initialize
    @key = "s3cr3t" # finding: high
  end

  def encode(payload)
    JWT.encode payload, @key, 'HS512'
  end
end
