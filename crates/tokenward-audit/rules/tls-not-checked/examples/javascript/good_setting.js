const https = require('https');
const jwt = require('jsonwebtoken');

exports.agent = (config) => new https.Agent({ rejectUnauthorized: config.jwksTls });
