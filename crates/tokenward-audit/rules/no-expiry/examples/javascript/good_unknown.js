const jwt = require('jsonwebtoken');

exports.issue = (claims, options) => jwt.sign({ sub: claims.sub }, key, options);
exports.raw = (claims) => jwt.sign(claims, key);
