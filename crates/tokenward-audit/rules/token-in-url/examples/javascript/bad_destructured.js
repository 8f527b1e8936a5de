const jwt = require('jsonwebtoken');

exports.guard = (ctx) => {
  const raw = ctx.query['token']; // finding: medium
  return jwt.verify(raw, key);
};
