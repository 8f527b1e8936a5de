const fs = require('fs');
const jwt = require('jsonwebtoken');

const key = fs.readFileSync('private.pem');
exports.issue = (claims) => jwt.sign(claims, key, { algorithm: 'RS256', expiresIn: '5m' });
