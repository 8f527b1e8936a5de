const jwt = require('jwt-simple')

exports.keys = (secret) => ({
  anon: jwt.encode({ role: 'anon', iss: 'shop' }, secret), // finding: uncertain
  service: jwt.encode({ role: 'service_role', iss: 'shop' }, secret) // finding: high
})
