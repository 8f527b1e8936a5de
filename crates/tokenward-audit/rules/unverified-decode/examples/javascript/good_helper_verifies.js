const jwt = require('jsonwebtoken');

function check(token) {
  return jwt.verify(token, PUBLIC_KEY, { algorithms: ['RS256'] });
}

exports.user = (req) => {
  const token = req.cookies.token;
  check(token);
  return jwt.decode(token).sub;
};
