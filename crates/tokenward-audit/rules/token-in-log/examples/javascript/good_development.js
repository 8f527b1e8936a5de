const jwt = require('jsonwebtoken');

exports.login = (user) => {
  const token = jwt.sign({ sub: user.id }, KEY, { expiresIn: '5m' });
  if (process.env.NODE_ENV !== 'production') console.log(token);
  return token;
};
