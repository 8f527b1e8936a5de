const jwt = require('jsonwebtoken')

function issue(user) {
  return jwt.sign({ sub: user }, key, { expiresIn: '15m' }) // finding: low
}

function refreshToken(token) {
  const claims = jwt.verify(token, key, { algorithms: ['HS256'] })
  return issue(claims.sub)
}
