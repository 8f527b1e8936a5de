const { verify: check, decode: open } = require('jsonwebtoken');

module.exports = function read(token) {
  const algorithm = open(token, { complete: true }).header.alg;
  return check(token, key, { algorithms: [algorithm], issuer: 'me' }); // finding: high
};
