const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  req.user = jwt.verify(req.query.token, key, { algorithms: ['RS256'] }); // finding: medium
  next();
};
