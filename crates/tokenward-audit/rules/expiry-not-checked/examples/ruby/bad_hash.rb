require 'jwt'

def read(token, key)
  JWT.decode(token, key, true, { verify_expiration: false, algorithm: 'RS256' }) # finding: high
end
