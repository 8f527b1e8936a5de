const { randomBytes } = require('crypto');
const jwt = require('jsonwebtoken');

const secret = process.env.JWT_SECRET || randomBytes(32);
exports.issue = (claims) => jwt.sign(claims, secret, { expiresIn: '5m' });
