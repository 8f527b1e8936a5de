const jwt = require('jsonwebtoken');

exports.list = (req) => {
  const user = jwt.verify(req.cookies.token, key);
  return find(user, req.query.page);
};
