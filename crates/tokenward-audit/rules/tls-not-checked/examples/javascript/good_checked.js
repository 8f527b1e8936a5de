const jwksClient = require('jwks-rsa');

module.exports = jwksClient({ jwksUri: 'https://auth.example/jwks', cache: true });
