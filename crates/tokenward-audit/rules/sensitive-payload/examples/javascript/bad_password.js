const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ id: user.id, password: user.password }, key, { expiresIn: '5m' }); // finding: high
