const jwt = require('jsonwebtoken');

process.env.NODE_TLS_REJECT_UNAUTHORIZED = 0; // finding: high

exports.keys = () => fetch('https://auth.example/jwks.json');
