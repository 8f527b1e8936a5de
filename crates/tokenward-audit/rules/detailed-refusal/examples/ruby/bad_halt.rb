require 'jwt'

before do
  begin
    JWT.decode(bearer, settings.key, true, algorithm: 'RS256')
  rescue JWT::VerificationError => e
    halt 401, e.message # finding: medium
  end
end
