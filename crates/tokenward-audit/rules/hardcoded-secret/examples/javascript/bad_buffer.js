const { sign: issue } = require('jsonwebtoken');

class Tokens {
  key = Buffer.from('c2VjcmV0', 'base64'); // finding: high

  make(claims) {
    return issue(claims, this.key, { expiresIn: 60 });
  }
}
