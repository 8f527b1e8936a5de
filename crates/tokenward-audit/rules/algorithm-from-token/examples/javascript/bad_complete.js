const jwt = require('jsonwebtoken');

exports.read = (token) => {
  const { header } = jwt.decode(token, { complete: true });
  return jwt.verify(token, key, { algorithms: [header.alg] }); // finding: high
};
