const { expressjwt } = require('express-jwt');
const jwt = require('jsonwebtoken');

app.use(expressjwt({ secret: key, algorithms: ['HS256'], isRevoked }));
exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: '5m' });
