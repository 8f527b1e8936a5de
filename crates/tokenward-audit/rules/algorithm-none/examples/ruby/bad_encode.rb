require 'jwt'

def issue(payload)
  JWT.encode(payload, nil, 'none') # finding: high
end
