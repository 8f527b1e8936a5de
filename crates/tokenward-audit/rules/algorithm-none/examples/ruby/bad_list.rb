require 'jwt'

def read(token, key)
  JWT.decode token, key, true, algorithms: ['RS256', 'none'] # finding: critical
end
