const jwt = require('jsonwebtoken');

exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: process.env.JWT_EXPIRES_IN });
