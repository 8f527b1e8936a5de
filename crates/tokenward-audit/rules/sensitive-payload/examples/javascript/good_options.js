const jwt = require('jsonwebtoken');

exports.issue = (id) => jwt.sign({ id }, { key, passphrase: phrase() }, { expiresIn: '5m' });
