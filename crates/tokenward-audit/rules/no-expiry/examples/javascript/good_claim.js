const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ id: user.id, exp: soon() }, key);
