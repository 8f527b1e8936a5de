class Tokens
  def issue(user)
    JWT.encode({ 'sub' => user.id, 'ssn' => user.ssn, 'exp' => soon }, key) # finding: high
  end
end
