const jwt = require('jsonwebtoken');

exports.read = (token) => jwt.verify(token, key, { algorithms: ['RS256', 'none'] }); // finding: medium
