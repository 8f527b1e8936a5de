require 'jwt'

def issue(payload)
  JWT.encode(payload, ENV.fetch('BILLING_JWT_KEY'), 'HS256')
end
