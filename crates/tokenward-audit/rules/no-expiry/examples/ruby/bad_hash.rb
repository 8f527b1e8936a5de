require 'jwt'

def issue(user, key)
  JWT.encode({ user_id: user.id }, key, 'HS256') # finding: high
end
