class Customer < ApplicationRecord
  OPTIONS = { jwt_revocation_strategy: Devise::JWT::RevocationStrategies::Null }.freeze # finding: medium

  devise :jwt_authenticatable, **OPTIONS
end
