class ApplicationController
  def authorize
    begin
      @claims = JWT.decode(token, key, true, algorithm: 'RS256').first
    rescue StandardError => error
      render json: { error: error.to_s }, status: 401 # finding: medium
    end
  end
end
