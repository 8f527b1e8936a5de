const jwt = require('jsonwebtoken');

exports.login = (user) => {
  const token = jwt.sign({ sub: user.id }, KEY, { expiresIn: '5m' });
  console.log('issued', token.slice(0, 8), token.length, !!token);
  return token;
};
