require 'jwt'

def issue(payload, key)
  JWT.encode(payload, key)
end
