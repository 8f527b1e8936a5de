const jwt = require('jsonwebtoken');

// Since version 9 the kind of key decides.
exports.read = (token) => jwt.verify(token, publicKey, { issuer: 'me' });
