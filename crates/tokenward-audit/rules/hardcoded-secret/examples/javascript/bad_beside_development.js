const jwt = require('jsonwebtoken');

const sets = {
  local: { NODE_ENV: 'development', JWT_SECRET: 'shop-of-one' }, // finding: uncertain
};

exports.sign = (id) => jwt.sign({ id }, sets.local.JWT_SECRET, { expiresIn: '5m' });
