const jwt = require('jsonwebtoken');

class Tokens {
  extend(token, more) {
    const old = this.open(token);
    return jwt.sign({ ...old, ...more }, this.key, { algorithm: 'HS256', expiresIn: '5m' });
  }

  open(token) {
    return jwt.decode(token); // finding: high
  }
}

module.exports = Tokens;
