const jwt = require('jsonwebtoken');

exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: '24h' }); // finding: uncertain
