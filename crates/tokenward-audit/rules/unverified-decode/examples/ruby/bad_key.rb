require 'jwt'

class Session
  def authenticate(jwt)
    payload, _header = JWT.decode(jwt, ENV['JWT_KEY'], false) # finding
    payload['sub']
  end
end
