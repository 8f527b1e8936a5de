class ApplicationController
  def authorize
    JWT.decode(token, key, true, algorithm: 'RS256')
  rescue JWT::DecodeError => e
    render json: { errors: e.message }, status: :unauthorized # finding: medium
  end
end
