# RevocationStrategies::Null is for tokens that live for minutes.
class User < ApplicationRecord
  devise :jwt_authenticatable, jwt_revocation_strategy: Allowlist
end
