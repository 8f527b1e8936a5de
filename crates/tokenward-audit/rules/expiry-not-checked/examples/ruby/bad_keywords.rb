require 'jwt'

def user(token, key)
  JWT.decode(token, key, true, algorithm: 'RS256', verify_expiration: false).first # finding: high
end
