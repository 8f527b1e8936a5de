class SessionsController
  def create
    user = User.login!(params[:name], params[:password])
    render json: { token: JWT.encode({ sub: user.id, exp: soon }, key) }
  rescue LoginError => e
    render json: { error: e.message }, status: 401
  end
end
