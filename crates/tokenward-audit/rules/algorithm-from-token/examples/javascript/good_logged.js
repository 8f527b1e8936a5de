const jwt = require('jsonwebtoken');

exports.read = (token) => {
  console.log(jwt.decode(token, { complete: true }).header.alg);
  return jwt.verify(token, key, { algorithms: ['RS256'] });
};
