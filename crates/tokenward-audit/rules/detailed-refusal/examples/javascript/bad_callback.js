const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  jwt.verify(req.token, key, (err, claims) => {
    if (err) return res.status(403).send(err); // finding: medium
    req.user = claims;
    next();
  });
};
