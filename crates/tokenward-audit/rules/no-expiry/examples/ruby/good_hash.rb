require 'jwt'

def issue(user, key)
  JWT.encode({ user_id: user.id, exp: Time.now.to_i + 300 }, key, 'HS256')
end
