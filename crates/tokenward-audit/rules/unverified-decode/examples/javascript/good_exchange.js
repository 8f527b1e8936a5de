const jwt = require('jsonwebtoken');

exports.callback = async (req, res) => {
  const token = await exchangeCode(req.query.code);
  req.session.user = await users.findOrCreate(jwt.decode(token).sub);
  res.redirect('/');
};
