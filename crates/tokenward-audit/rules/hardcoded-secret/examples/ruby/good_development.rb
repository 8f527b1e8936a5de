require "jwt"

class FakeTokens
  def issue(user)
    JWT.encode({ sub: user.id, exp: Time.now.to_i + 300 }, "known to all", "HS256")
  end
end
