const jwt = require('jsonwebtoken')

exports.again = (accessToken, longToken) => {
  jwt.verify(longToken, key, { algorithms: ['HS256'] })
  const claims = jwt.verify(accessToken, key, { algorithms: ['HS256'], ignoreExpiration: true }) // finding: uncertain
  return session(claims.sid)
}
