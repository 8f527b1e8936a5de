const jwt = require('jsonwebtoken');

module.exports = (req, res, next) => {
  try {
    jwt.verify(req.cookies.session, key, { algorithms: ['RS256'] }, (error, claims) => {
      if (error) return res.status(401).json({ error: 'invalid_token' });
      req.user = claims;
      next();
    });
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
};
