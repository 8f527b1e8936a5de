const jwt = require('jsonwebtoken');

exports.save = async (req, res) => {
  try {
    await store(req.body);
  } catch (err) {
    res.status(400).json({ message: err.message });
  }
};
exports.read = (token) => jwt.verify(token, key);
