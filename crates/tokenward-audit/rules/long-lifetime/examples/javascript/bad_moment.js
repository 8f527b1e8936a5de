const jwt = require('jwt-simple');
const moment = require('moment');

exports.issue = (user) => {
  const payload = { sub: user.id, exp: moment().add(7, 'days').unix() }; // finding: high
  return jwt.encode(payload, secret);
};
