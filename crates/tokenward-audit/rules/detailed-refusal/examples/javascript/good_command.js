const jwt = require('jsonwebtoken');

function check(token) {
  try {
    return jwt.verify(token, publicKey, { algorithms: ['ES256'] });
  } catch (error) {
    process.stderr.write(`Unauthorized: ${error.message}\n`);
    process.stdout.write(`Unauthorized: ${error.message}\n`);
    process.exit(1);
  }
}
