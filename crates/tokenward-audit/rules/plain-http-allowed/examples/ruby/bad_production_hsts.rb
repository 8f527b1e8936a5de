Rails.application.configure do
  config.force_ssl = true
  config.ssl_options = { hsts: false } # finding: low
end
