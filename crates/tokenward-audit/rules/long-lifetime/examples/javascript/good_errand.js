const jwt = require('jsonwebtoken');

function invitationToken(email) {
  return jwt.sign({ email }, key, { expiresIn: '7d' });
}
