Doorkeeper.configure do
  orm :active_record
  force_ssl_in_redirect_uri false # finding: medium
end
