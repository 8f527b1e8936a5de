const { Strategy } = require('passport-jwt');
const { passportJwtSecret } = require('jwks-rsa');

new Strategy({ secretOrKeyProvider: passportJwtSecret({ jwksUri: 'https://auth.example.com/jwks.json' }) }, check);
