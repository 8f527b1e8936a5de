const jwt = require('jsonwebtoken');

exports.login = (config, key) =>
  jwt.sign({ sub: config.devMode.user }, key, { algorithm: 'HS256', expiresIn: '24h' });
