require 'jwt'

module Auth
  def user_from(params)
    JWT.decode(params[:token], nil, false, algorithm: 'RS256')[0]['email'] # finding: high
  end
end
