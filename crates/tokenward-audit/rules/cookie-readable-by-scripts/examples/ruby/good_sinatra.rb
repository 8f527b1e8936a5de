require 'sinatra/base'
require 'sinatra/cookies'

class Login < Sinatra::Base
  post '/login' do
    cookies[:jwt] = token
  end
end
