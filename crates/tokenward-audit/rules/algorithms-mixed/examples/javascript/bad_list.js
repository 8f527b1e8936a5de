const jwt = require('jsonwebtoken');

exports.read = (token) => jwt.verify(token, key, { algorithms: ['HS256', 'RS256'] }); // finding: medium
