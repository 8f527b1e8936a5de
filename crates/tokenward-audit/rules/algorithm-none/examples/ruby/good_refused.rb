require 'jwt'

def issue(payload, key, algorithm)
  raise ArgumentError if algorithm == 'none'

  JWT.encode(payload, key, algorithm)
end
