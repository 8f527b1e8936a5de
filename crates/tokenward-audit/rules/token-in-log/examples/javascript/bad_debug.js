const jwt = require('jsonwebtoken');

exports.login = (user) => {
  const token = jwt.sign({ sub: user.id }, KEY, { expiresIn: '5m' });
  console.debug(token); // finding: uncertain
  return token;
};
