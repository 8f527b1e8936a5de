class User < ApplicationRecord
  include Devise::JWT::RevocationStrategies::JTIMatcher

  devise :jwt_authenticatable, jwt_revocation_strategy: self
end
