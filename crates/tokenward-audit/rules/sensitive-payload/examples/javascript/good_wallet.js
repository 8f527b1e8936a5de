const jwt = require('jsonwebtoken');

exports.login = (wallet) =>
  jwt.sign({ address: wallet.address }, process.env.JWT_KEY, { expiresIn: '10m' });
