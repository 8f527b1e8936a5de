require 'jwt'

def issue(payload, key)
  JWT.encode(payload, key, 'ES256')
end
