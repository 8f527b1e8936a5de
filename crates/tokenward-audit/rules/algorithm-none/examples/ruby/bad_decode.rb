require 'jwt'

def read(token)
  JWT.decode(token, nil, true, { algorithm: 'none' }) # finding: critical
end
