class Access
  def admin?(request)
    claims = JWT.decode request.cookies['jwt'], nil, false # finding: high
    claims[0]['role'] == 'admin'
  end
end
