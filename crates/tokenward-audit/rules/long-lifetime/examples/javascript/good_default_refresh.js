const jwt = require('jsonwebtoken');

exports.refreshToken = (id) =>
  jwt.sign({ sub: id }, key, { expiresIn: process.env.REFRESH_EXPIRES_IN || '30d' });
