const jwt = require('jsonwebtoken');

exports.read = (token, { lax }) => jwt.verify(token, key, { ignoreExpiration: lax });
