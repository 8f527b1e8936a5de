class NoDenylist
  include Devise::JWT::RevocationStrategies::Null # finding: medium
end
