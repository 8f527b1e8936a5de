require 'jwt'

def issue(user, key)
  JWT.encode({ sub: user.id, exp: Time.now.to_i + 7 * 24 * 3600 }, key, 'HS256') # finding: high
end
