const jwt = require('jsonwebtoken');

// Digits in quotes are milliseconds: 100 seconds.
exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: '100000' });
