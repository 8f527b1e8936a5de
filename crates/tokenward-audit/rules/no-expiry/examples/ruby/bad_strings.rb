class Tokens
  def issue(user)
    JWT.encode({ 'sub' => user.id, 'name' => user.name }, key) # finding: high
  end
end
