const jwt = require('jsonwebtoken');

exports.logout = (token) => denylist.add(token);
exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: '5m' });
