class Api
  def user
    JWT.decode(token, key, true, algorithm: 'RS256').first
  rescue JWT::ExpiredSignature
    head :unauthorized
  rescue JWT::DecodeError => e
    render plain: "#{e.message}", status: 401 # finding: medium
  end
end
