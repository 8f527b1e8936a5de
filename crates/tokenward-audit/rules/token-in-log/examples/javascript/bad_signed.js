const jwt = require('jsonwebtoken');

exports.login = (req, res) => {
  const token = jwt.sign({ sub: req.user.id }, KEY, { expiresIn: '5m' });
  console.log('token', token); // finding: high
  res.json({ token });
};
