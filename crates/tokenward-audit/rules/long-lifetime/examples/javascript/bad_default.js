const jwt = require('jsonwebtoken');

exports.issue = (id) =>
  jwt.sign({ sub: id }, process.env.KEY, { expiresIn: process.env.JWT_EXPIRES_IN || '365d' }); // finding: high
