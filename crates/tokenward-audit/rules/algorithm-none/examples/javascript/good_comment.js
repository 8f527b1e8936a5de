const jwt = require('jsonwebtoken');

/*
jwt.verify(token, key, { algorithms: ['none'] });
*/
exports.read = (token) => jwt.verify(token, key, { algorithms: ['PS256'] });
