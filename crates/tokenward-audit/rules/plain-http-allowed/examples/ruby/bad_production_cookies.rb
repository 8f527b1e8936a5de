Rails.application.configure do
  config.force_ssl = true
  config.ssl_options = { secure_cookies: false } # finding: medium
end
