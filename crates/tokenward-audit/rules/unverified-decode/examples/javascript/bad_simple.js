const jwt = require('jwt-simple');
const express = require('express');

function userOf(req) {
  const payload = jwt.decode(req.query.token, null, true); // finding: high
  return payload.sub;
}
