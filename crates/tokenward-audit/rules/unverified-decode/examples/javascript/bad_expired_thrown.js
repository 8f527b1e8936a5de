const jwt = require('jsonwebtoken');

class Sessions {
  async open(req) {
    const token = req.headers.authorization;
    let session;
    try {
      session = await this.tokens.decode(token);
    } catch (problem) {
      if (problem.name === 'TokenExpiredError') throw problem;
      session = jwt.decode(token); // finding: high
    }
    return this.store.open(session.sub);
  }
}

module.exports = Sessions;
