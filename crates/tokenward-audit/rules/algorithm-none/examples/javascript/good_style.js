const jwt = require('jsonwebtoken');

box.style.display = 'none';
exports.read = (token) => jwt.verify(token, key, { algorithms: [ALGORITHM] });
