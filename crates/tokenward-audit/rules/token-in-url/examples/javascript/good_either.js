const jwt = require('jsonwebtoken');

exports.guard = (req) => {
  const token = req.cookies.token || req.query.token;
  return jwt.verify(token, key);
};
