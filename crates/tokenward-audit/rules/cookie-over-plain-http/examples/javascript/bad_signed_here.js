const jwt = require('jsonwebtoken');

exports.login = (req, res) => {
  res.cookie('session', jwt.sign({ sub: req.user.id }, key, { expiresIn: '5m' }), { httpOnly: true }); // finding
  res.sendStatus(204);
};
