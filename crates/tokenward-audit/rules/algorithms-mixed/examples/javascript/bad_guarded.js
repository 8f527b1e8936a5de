const jwt = require('jsonwebtoken');

module.exports = (token, key) => jwt.verify(token, key, { algorithms: ['HS256', 'RS256'] }); // finding: uncertain
