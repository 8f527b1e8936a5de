const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ user }, key, { expiresIn: '5m' });
