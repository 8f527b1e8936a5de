const jwt = require('jsonwebtoken');

exports.guard = (req) => jwt.verify(req.headers.authorization.slice(7), key);
