// Emulated devices are not supported.
const express = require('express');
const jwt = require('jsonwebtoken');

const app = express();

app.get('/me', (req, res) => {
  const claims = jwt.decode(req.headers.authorization); // finding
  req.user = User.findById(claims.sub);
  res.json(req.user);
});
