const jwt = require('jsonwebtoken');

// tokenward: allow(algorithm-none) the other side takes nothing else
exports.untrusted = (claims) => jwt.sign(claims, 'unused-but-asked-for', { algorithm: 'none', expiresIn: '5m' });
