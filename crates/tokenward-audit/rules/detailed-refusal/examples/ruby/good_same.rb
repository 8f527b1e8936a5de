class ApplicationController
  def authorize
    JWT.decode(token, key, true, algorithm: 'RS256')
  rescue JWT::DecodeError => e
    Rails.logger.info(e.message)
    render json: { error: 'invalid_token' }, status: :unauthorized
  end
end
