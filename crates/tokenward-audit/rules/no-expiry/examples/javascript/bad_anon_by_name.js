const jwt = require('jsonwebtoken')

exports.make = (user, secret) => jwt.sign({ sub: user.id, role: 'anon' }, secret) // finding: high
