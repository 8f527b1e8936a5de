const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ id: user.id }, key, { expiresIn: '5m' });
