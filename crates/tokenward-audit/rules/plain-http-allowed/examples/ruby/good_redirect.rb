Doorkeeper.configure do
  force_ssl_in_redirect_uri !Rails.env.development?
end
