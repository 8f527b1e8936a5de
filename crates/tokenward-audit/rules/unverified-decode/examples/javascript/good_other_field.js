const jsonwebtoken = require('jsonwebtoken');

class Signer {
  constructor() {
    this.codec = jsonwebtoken;
  }
}

class Envelope extends Codec {
  open(req, res, next) {
    const letter = this.codec.decode(req.headers.authorization);
    req.user = Users.findById(letter.sub);
    next();
  }
}
