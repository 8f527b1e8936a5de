const jwt = require('jsonwebtoken');

exports.issue = (found) => {
  const user = { sub: found.id };
  return jwt.sign(user, key, { expiresIn: '5m' });
};
