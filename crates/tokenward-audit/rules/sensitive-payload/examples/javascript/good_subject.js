const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ sub: user.id, name: user.name }, key, { expiresIn: '5m' });
