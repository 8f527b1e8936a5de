const jwt = require('jsonwebtoken');

exports.read = (token) => {
  const claims = jwt.verify(token, key, { ignoreExpiration: true });
  if (claims.exp * 1000 < Date.now() - GRACE) throw new Refused();
  return claims;
};
