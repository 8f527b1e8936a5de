const jwt = require('jsonwebtoken');

exports.login = async (req, res) => {
  const user = await User.findOne({ email: req.body.email });
  res.json({ token: jwt.sign(user.toJSON(), key, { expiresIn: '5m' }) }); // finding: medium
};
