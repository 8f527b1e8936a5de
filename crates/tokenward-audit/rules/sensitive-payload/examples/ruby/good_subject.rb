require 'jwt'

def issue(user, key)
  JWT.encode({ sub: user.id, exp: soon }, key)
end
