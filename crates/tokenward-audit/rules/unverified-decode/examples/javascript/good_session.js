const { jwtDecode } = require('jwt-decode');

// The session is the server's: what lies in it came from the login.
module.exports = function profile(req, res) {
  const claims = jwtDecode(req.session.user.token);
  const account = accounts.find(claims.sub);
  res.json({ email: claims.email, account });
};
