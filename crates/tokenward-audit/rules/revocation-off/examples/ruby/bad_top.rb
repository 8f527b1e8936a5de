class Admin < ApplicationRecord
  devise :jwt_authenticatable, jwt_revocation_strategy: ::Devise::JWT::RevocationStrategies::Null # finding: medium
end
