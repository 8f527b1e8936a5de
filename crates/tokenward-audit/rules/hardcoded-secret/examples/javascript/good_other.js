const bcrypt = require('bcrypt');
const jwt = require('jsonwebtoken');

bcrypt.sign('text', 'not a secret');
exports.read = (token) => jwt.verify(token, keys.public, { algorithms: ['RS256'] });
