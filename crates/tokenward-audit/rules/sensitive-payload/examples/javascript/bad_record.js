const jwt = require('jsonwebtoken');

exports.login = async (req, res) => {
  const user = await User.findOne({ email: req.body.email });
  if (!user) return res.sendStatus(401);
  res.json({ token: jwt.sign({ user }, process.env.KEY, { expiresIn: '5m' }) }); // finding: medium
};
