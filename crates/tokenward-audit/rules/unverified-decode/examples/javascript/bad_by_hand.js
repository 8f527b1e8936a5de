const express = require('express');

function requireAdmin(req, res, next) {
  const token = req.headers.authorization.split(' ')[1];
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()); // finding: high
  if (claims.role !== 'admin') return res.sendStatus(403);
  next();
}
module.exports = { requireAdmin };
