const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  try {
    req.user = jwt.verify(req.cookies.token, key, { algorithms: ['RS256'] });
    next();
  } catch (err) {
    console.error(err.message);
    res.status(401).json({ error: 'invalid_token' });
  }
};
