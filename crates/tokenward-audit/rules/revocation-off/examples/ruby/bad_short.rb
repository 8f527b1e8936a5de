class Account < ApplicationRecord
  include Devise::JWT

  devise :jwt_authenticatable, jwt_revocation_strategy: RevocationStrategies::Null # finding: medium
end
