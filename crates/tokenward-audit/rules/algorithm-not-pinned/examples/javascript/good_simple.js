const jwt = require('jwt-simple');

exports.read = (token) => jwt.decode(token, secret, false, 'HS256');
