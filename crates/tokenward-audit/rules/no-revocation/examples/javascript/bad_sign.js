const jwt = require('jsonwebtoken');

exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: '5m' }); // finding: uncertain
