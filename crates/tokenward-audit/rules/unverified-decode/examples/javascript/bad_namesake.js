const express = require('express');
const jwt = require('jsonwebtoken');

class Signatures {
  check(token) {
    return jwt.verify(token, publicKey, { algorithms: ['ES256'] });
  }
}

class Lengths {
  check(token) {
    return token.length > 10;
  }
}

function authenticate(req, res, next) {
  const token = req.headers.authorization;
  new Lengths().check(token);
  const claims = jwt.decode(token); // finding: uncertain
  req.user = Users.findById(claims.sub);
  next();
}
