const jwt = require('jsonwebtoken')

exports.callback = async (req, res) => {
  const user = await provider.getUserInfo(req.query.code)
  res.json({ token: jwt.sign(user, key, { expiresIn: '15m' }) }) // finding: uncertain
}
