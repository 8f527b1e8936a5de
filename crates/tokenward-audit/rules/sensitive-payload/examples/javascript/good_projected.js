const jwt = require('jsonwebtoken');

exports.issue = async (id) => {
  const user = await User.findById(id, 'role');
  return jwt.sign({ user }, key, { expiresIn: '5m' });
};
