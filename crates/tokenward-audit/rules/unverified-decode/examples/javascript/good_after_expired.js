const jwt = require('jsonwebtoken');

class Sessions {
  async renew(req) {
    const token = req.headers.authorization;
    let session;
    try {
      session = await this.tokens.decode(token);
    } catch (problem) {
      if (problem.name !== 'TokenExpiredError') throw problem;
      session = jwt.decode(token);
    }
    return this.store.renew(session.sub);
  }
}

module.exports = Sessions;
