require 'jwt'

def issue(payload)
  JWT.encode(payload, 'my_secret', 'HS256') # finding: high
end
