const jwt = require('jsonwebtoken');

module.exports = function login(res, user) {
  const token = jwt.sign({ sub: user.id }, process.env.KEY, { algorithm: 'HS256' }); // finding: high
  // The cookie ends; whoever copied the token does not mind.
  res.cookie('session', token, { httpOnly: true, secure: true, sameSite: 'lax', maxAge: 900000 });
};
