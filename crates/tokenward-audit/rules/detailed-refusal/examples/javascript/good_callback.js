const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  jwt.verify(req.token, key, (err, claims) => {
    if (err) return res.status(401).json({ error: 'invalid_token' });
    req.user = claims;
    return next();
  });
};
