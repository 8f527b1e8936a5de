const jwt = require('jwt-simple');

exports.make = (user) =>
  jwt.encode({ user, iat: Date.now(), exp: moment().add(9, 'days').valueOf() }, key, 'HS256');

exports.read = (token) => {
  const claims = jwt.decode(token, key, false, 'HS256');
  if (Date.now() - claims.iat > limit) throw new Error('too old');
  return claims.user;
};
