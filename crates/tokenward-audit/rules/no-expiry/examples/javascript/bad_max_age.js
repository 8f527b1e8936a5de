const jwt = require('jsonwebtoken');

exports.create = (user) => jwt.sign({ sub: user.id }, process.env.KEY); // finding: uncertain
exports.read = (token) => jwt.verify(token, process.env.KEY, { algorithms: ['HS256'], maxAge: '7d' });
