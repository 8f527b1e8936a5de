const jwt = require('jsonwebtoken')

exports.debugConfig = (user) => jwt.sign({ sub: user.id }, 'orchard-winter-3', { expiresIn: '5m' }) // finding: high
