const jwksClient = require('jwks-rsa')

module.exports = jwksClient({
  cache: true,
  jwksUri: 'http://login.example.com/jwks' // finding: high
})
