require 'jwt'

def issue(user, key)
  JWT.encode({ sub: user.id, password: user.password, exp: soon }, key) # finding: high
end
