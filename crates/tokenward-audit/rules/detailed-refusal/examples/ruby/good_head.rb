class ApplicationController
  def authorize
    JWT.decode(token, key, true, algorithm: 'RS256')
  rescue JWT::DecodeError
    head :unauthorized
  end
end
