const jwt = require('jsonwebtoken');

exports.issue = (id) => jwt.sign({ id }, key, { algorithm: 'HS256', expiresIn: '8h' });
