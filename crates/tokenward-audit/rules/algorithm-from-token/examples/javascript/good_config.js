const jwt = require('jsonwebtoken');
const config = require('./config');

exports.read = (token) => jwt.verify(token, key, { algorithms: [config.header.alg] });
