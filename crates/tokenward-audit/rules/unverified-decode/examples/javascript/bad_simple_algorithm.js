const jwt = require('jwt-simple');

exports.open = (token, secret, algorithm) => {
  const claims = jwt.decode(token, secret, algorithm); // finding: uncertain
  return licenses.find(claims.sub);
};
