class Tokens
  VERIFY = false

  def get_user(request)
    payload = JWT.decode(request.headers['X-JWT'], key, VERIFY, { algorithm: 'HS256' }) # finding: high
    payload.first['sub']
  end
end
