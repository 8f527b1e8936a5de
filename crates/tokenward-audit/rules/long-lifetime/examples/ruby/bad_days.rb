class Tokens
  def issue(user)
    JWT.encode({ sub: user.id, exp: (Time.now + 30.days).to_i }, key, 'HS256') # finding: high
  end
end
