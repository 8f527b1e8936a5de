const jwt = require('jsonwebtoken');

function logout(token) {
  end(jwt.verify(token, key, { ignoreExpiration: true }).sid);
}
