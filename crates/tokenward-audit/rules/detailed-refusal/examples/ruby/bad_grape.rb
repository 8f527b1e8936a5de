class Api
  def user
    JWT.decode(token, key, true, algorithm: 'RS256').first
  rescue JWT::VerificationError => e
    error!("refused: #{e.message}", 401) # finding: medium
  end
end
