const jwt = require('jsonwebtoken');

exports.setAuthCookie = (response, token) => {
  const { header, payload } = jwt.decode(token, { complete: true });
  response.cookie('session', token, { httpOnly: true, expires: new Date(payload.exp * 1000) });
  return csrfToken(header.alg, payload.sub);
};
