const jwt = require('jsonwebtoken');

function settings(devConfig) {
  return { port: 8888, jwtSecret: devConfig.jwtSecret || 'secret' }; // finding: uncertain
}
