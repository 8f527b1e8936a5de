const jwt = require('jsonwebtoken');

exports.read = (token) => jwt.verify(token, key, { algorithms: ['HS256', 'HS512'] });
