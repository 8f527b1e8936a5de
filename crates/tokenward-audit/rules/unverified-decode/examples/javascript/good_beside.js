const { decodeJwt, jwtVerify } = require('jose');

exports.verify = async (token, keys, emulated) => {
  const claims = decodeJwt(token);
  if (!emulated()) {
    const { payload } = await jwtVerify(token, keys, { algorithms: ['RS256'] });
    return payload;
  }
  return claims;
};
