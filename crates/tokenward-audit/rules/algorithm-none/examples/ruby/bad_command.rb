require 'jwt'

class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, exp: soon }, nil, 'None') # finding: high
  end
end
