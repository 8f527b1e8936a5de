const jwt = require('jwt-simple');

exports.read = (token) => jwt.decode(token, secret); // finding: uncertain
