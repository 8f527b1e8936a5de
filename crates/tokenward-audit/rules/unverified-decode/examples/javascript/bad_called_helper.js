const jwt = require('jsonwebtoken');

function decodeToken(token) {
  return jwt.decode(token); // finding: high
}

module.exports = (req, res, next) => {
  req.user = decodeToken(req.headers.authorization);
  next();
};
