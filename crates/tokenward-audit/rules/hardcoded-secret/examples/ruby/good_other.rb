class Jwt
  TITLE = 'secret'

  def digest(payload)
    OpenSSL::HMAC.hexdigest('SHA256', 'label', payload)
  end
end
