const https = require('https');
const jwt = require('jsonwebtoken');

function printer(host) {
  return new https.Agent({ host, rejectUnauthorized: false });
}
module.exports = { printer };
