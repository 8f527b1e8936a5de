class Login < Sinatra::Base
  post '/login' do
    token = JWT.encode({ sub: user.id }, key, 'RS256')
    response.set_cookie('jwt', value: token, path: '/', secure: true) # finding
  end
end
