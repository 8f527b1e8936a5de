const jwt = require('jsonwebtoken');

exports.login = async (req) => {
  await check({ password: req.body.password });
  return jwt.sign({ sub: req.body.name }, key, { expiresIn: '5m' });
};
