require 'jwt'

def logout(token, key)
  revoke JWT.decode(token, key, true, algorithm: 'RS256', verify_expiration: false).first['jti']
end
