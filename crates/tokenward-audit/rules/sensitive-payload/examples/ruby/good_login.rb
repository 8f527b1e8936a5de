class Tokens
  def login(params)
    user = User.find_by(name: params[:name], password: params[:password])
    JWT.encode({ sub: user.id, exp: soon }, key)
  end
end
