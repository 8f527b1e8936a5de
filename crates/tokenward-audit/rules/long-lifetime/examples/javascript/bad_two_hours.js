const jwt = require('jsonwebtoken');

exports.issue = (id) => ({
  access: jwt.sign({ id }, key, { expiresIn: '2h' }), // finding: uncertain
  refresh: refreshTokens.create(id),
});
