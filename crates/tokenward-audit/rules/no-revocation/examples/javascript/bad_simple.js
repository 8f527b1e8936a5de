const jwt = require('jwt-simple');

exports.issue = (id) => jwt.encode({ sub: id, exp: soon() }, key, 'HS256'); // finding: uncertain
