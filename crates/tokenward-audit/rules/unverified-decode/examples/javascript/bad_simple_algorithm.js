const jwt = require('jwt-simple');

exports.open = (token, secret, algorithm) => {
  const claims = jwt.decode(token, secret, algorithm); // finding: medium
  return licenses.find(claims.sub);
};
