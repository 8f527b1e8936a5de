class User < ApplicationRecord
  devise :jwt_authenticatable, jwt_revocation_strategy: JwtDenylist
end
