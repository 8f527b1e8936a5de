class JsonWebToken
  def self.issuer(token)
    JWT.decode(token, 'ignored', false).first['iss']
  end
end
