const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ id: user.id, stamp: user.stamp }, key, { expiresIn: '5m' });

exports.check = async (token) => {
  const claims = jwt.verify(token, key, { algorithms: ['HS256'] });
  const user = await Users.findOne({ id: claims.id });
  if (!user || user.stamp !== claims.stamp) throw new Error('no');
  return user;
};
