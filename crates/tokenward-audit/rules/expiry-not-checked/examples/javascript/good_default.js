const jwt = require('jsonwebtoken');

exports.read = (token) => jwt.verify(token, key, { ignoreExpiration: false });
