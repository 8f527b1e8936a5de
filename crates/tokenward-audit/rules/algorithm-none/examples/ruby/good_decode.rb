require 'jwt'

def read(token, key)
  JWT.decode(token, key, true, { algorithm: 'ES256' })
end
