const jwksClient = require('jwks-rsa');

module.exports = jwksClient({
  jwksUri: 'https://auth.example/jwks',
  strictSsl: false, // finding: uncertain
});
