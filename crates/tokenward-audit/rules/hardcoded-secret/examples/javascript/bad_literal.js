const jwt = require('jsonwebtoken');

exports.issue = (claims) => jwt.sign(claims, 'shhhhh', { expiresIn: '5m' }); // finding: high
