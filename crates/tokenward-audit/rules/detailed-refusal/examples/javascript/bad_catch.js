const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  try {
    req.user = jwt.verify(req.cookies.token, key, { algorithms: ['RS256'] });
    next();
  } catch (err) {
    res.status(401).json({ message: err.message }); // finding: medium
  }
};
