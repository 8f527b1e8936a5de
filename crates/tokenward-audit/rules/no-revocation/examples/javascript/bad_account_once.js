const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ id: user.id }, key, { expiresIn: '5m' }); // finding: uncertain

exports.check = (token) => jwt.verify(token, key, { algorithms: ['HS256'] }).id;

exports.renew = async (token) => {
  const claims = jwt.verify(token, key, { algorithms: ['HS256'] });
  return exports.issue(await Users.findOne({ id: claims.id }));
};
