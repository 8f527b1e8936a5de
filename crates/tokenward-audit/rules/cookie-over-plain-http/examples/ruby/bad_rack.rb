class Login < Sinatra::Base
  post '/login' do
    response.set_cookie('jwt', value: token, path: '/', httponly: true, secure: false) # finding
  end
end
