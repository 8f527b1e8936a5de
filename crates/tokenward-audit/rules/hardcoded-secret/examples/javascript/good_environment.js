const jwt = require('jsonwebtoken');

exports.issue = (claims) => jwt.sign(claims, process.env.JWT_SECRET, { expiresIn: '5m' });
