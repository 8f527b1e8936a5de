const { decode } = require('multiformats/bases/base58');
const jwt = require('jsonwebtoken');

exports.read = (req) => {
  const bytes = decode(req.headers.authorization);
  return jwt.verify(bytes.toString(), KEY, { algorithms: ['ES256'] });
};
