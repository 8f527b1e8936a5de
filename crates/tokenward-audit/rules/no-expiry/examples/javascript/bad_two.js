const jwt = require('jsonwebtoken');

exports.issue = (user) => jwt.sign({ id: user.id }, process.env.KEY); // finding: high
