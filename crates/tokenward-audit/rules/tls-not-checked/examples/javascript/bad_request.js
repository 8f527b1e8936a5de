const https = require('https');
const { decode } = require('jsonwebtoken');

function introspect(token, done) {
  const options = { host: 'auth.example', path: '/introspect', rejectUnauthorized: false }; // finding: high
  https.request(options, done).end(`token=${token}`);
}
module.exports = { introspect };
