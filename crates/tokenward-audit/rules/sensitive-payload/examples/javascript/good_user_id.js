const jwt = require('jsonwebtoken');

exports.issue = async (email) => {
  const user = await User.findOne({ email });
  const payload = { user: { id: user.id } };
  return jwt.sign(payload, key, { expiresIn: '5m' });
};
