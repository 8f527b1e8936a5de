const hash = require('hash-lib');
const jwt = require('jsonwebtoken');

hash.verify(file, key, { algorithms: ['none'] });
exports.sign = (claims) => jwt.sign(claims, key, { algorithm: 'ES256', expiresIn: 300 });
