SecureHeaders::Configuration.default do |config|
  config.x_frame_options = 'DENY'
  config.hsts = SecureHeaders::OPT_OUT # finding: low
end
