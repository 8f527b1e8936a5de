const jwt = require('jsonwebtoken');

exports.issue = (id) => ({
  access: jwt.sign({ id }, key, { expiresIn: '24h' }), // finding: medium
  refresh: refreshTokens.create(id),
});
