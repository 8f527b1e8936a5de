const jwt = require('jsonwebtoken')

const SECRET = process.env.JWT_SECRET || 'only-on-my-machine' // finding: uncertain
if (process.env.NODE_ENV === 'production' && SECRET === 'only-on-my-machine') {
  throw new Error('JWT_SECRET is not set')
}

exports.issue = (claims) => jwt.sign(claims, SECRET, { expiresIn: '5m' })
