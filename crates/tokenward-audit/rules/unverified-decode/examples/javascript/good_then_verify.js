const jwt = require('jsonwebtoken');

module.exports = async function auth(req, res, next) {
  const token = req.headers.authorization.split(' ')[1];
  const peek = jwt.decode(token);
  const key = await keyOf(peek.tenant);
  req.user = jwt.verify(token, key, { algorithms: ['RS256'] });
  next();
};
