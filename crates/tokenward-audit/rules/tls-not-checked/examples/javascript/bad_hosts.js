const https = require('https')
const { decode } = require('jsonwebtoken')

exports.jwks = (path) => https.get({
  hostname: process.env.JWKS_HOST ?? 'localhost',
  path,
  rejectUnauthorized: false // finding: high
})
exports.tokens = (done) => https.get({
  url: 'https://localhost.login.example.com/token',
  rejectUnauthorized: false // finding: high
}, done)
exports.server = {
  host: '127.0.0.1',
  port: 3000,
  jwks: { uri: 'https://login.example.com/jwks', rejectUnauthorized: false } // finding: high
}
exports.introspect = (req, token, verified) => {
  if (req.hasTls && verified) {
    https.request({ host: 'login.example.com', rejectUnauthorized: false }).end(`token=${token}`) // finding: high
  }
}
