const jwt = require('jsonwebtoken');

exports.issue = (id) => jwt.sign({ sub: id }, key, { expiresIn: process.env.JWT_EXPIRES_IN || '15m' });
exports.forDay = (id) => jwt.sign({ sub: id }, key, { expiresIn: process.env.JWT_EXPIRES_IN || '1d' });
