const jose = require('jose');
const express = require('express');

async function callback(req, res) {
  const response = await fetch(TOKEN_URL, { method: 'POST', body: form(req.query.code) });
  const tokens = await response.json();
  const claims = jose.decodeJwt(tokens.id_token);
  await startSession(res, claims.sub);
}
