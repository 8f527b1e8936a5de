const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  jwt.verify(req.token, key, (err, claims) => {
    if (err) return next(err);
    req.user = claims;
    next();
  });
};
