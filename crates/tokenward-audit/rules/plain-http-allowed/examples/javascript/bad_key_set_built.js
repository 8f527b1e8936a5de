const jwksClient = require('jwks-rsa')

exports.realm = (realm) => jwksClient({
  jwksUri: `http://login.example.com/realms/${realm}/certs` // finding: high
})
exports.added = (realm) => jwksClient({
  jwksUri: 'HTTP://user:pw@login.example.com/realms/' + realm // finding: high
})
exports.number = { jwksEndpoint: 'http://34.120.7.8/jwks' } // finding: high
exports.cluster = jwksClient({
  jwksUri: 'http://keycloak.auth:8080/realms/shop/certs' // finding: uncertain
})
