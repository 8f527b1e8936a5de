const { jwtDecode } = require('jwt-decode');

module.exports = async function guard(req, res, next) {
  const token = req.headers.authorization?.split(' ')[1];
  const { sub } = jwtDecode(token); // finding: uncertain
  // The authority that is asked next refuses it where it is forged.
  const answer = await fetch(`${AUTHORITY}/me/${sub}`, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) return res.sendStatus(401);
  req.user = await answer.json();
  next();
};
