class Login < Sinatra::Base
  post '/login' do
    options = { value: token, httponly: true, secure: false }
    response.set_cookie(:auth_token, options) # finding
  end
end
