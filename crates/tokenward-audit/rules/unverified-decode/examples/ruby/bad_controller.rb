class ApplicationController < ActionController::API
  def current_user
    token = request.headers['Authorization'].split(' ').last
    payload = JWT.decode(token, nil, false).first # finding: high
    User.find(payload['user_id'])
  end
end
