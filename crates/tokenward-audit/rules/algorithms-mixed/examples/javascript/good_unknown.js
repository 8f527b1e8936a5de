const jwt = require('jsonwebtoken');

exports.read = (token, options) => jwt.verify(token, key, options);
