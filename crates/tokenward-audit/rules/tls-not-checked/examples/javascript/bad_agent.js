const https = require('https');
const jwt = require('jsonwebtoken');

const agent = new https.Agent({ rejectUnauthorized: false }); // finding: high

exports.keys = (issuer) => fetch(`${issuer}/.well-known/jwks.json`, { agent });
