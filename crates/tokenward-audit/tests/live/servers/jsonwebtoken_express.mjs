// Express with jsonwebtoken; or with one mistake, named on the command line.

import { createRequire } from 'node:module';
import { audience, fault, issuer, key, keySet, ready } from './shared.mjs';

const require = createRequire(`${process.env.NODE_MODULES}/`);
const express = require('express');
const jwt = require('jsonwebtoken');

const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
const app = express();
app.disable('x-powered-by');

function read(token) {
  if (fault === 'decoded') {
    const found = jwt.decode(token);
    if (!found) throw new Error('no token');
    return found;
  }
  if (fault === 'none') {
    const algorithms = ['none', 'RS256'];
    const isNone = jwt.decode(token, { complete: true })?.header.alg === 'none';
    return jwt.verify(token, isNone ? '' : pem, { algorithms, issuer, audience });
  }
  const ignoreExpiration = fault === 'expiry';
  return jwt.verify(token, pem, { algorithms: ['RS256'], issuer, audience, ignoreExpiration });
}

app.use((request, response, next) => {
  if (fault === 'cors' && request.headers.origin) {
    response.set('Access-Control-Allow-Origin', request.headers.origin);
    response.set('Access-Control-Allow-Credentials', 'true');
  }
  next();
});

app.get('/.well-known/jwks.json', (_, response) => {
  response.set('Cache-Control', 'public, max-age=300').json(keySet);
});

app.get('/me', (request, response) => {
  const bearer = request.headers.authorization ?? '';
  const token = bearer.startsWith('Bearer ') ? bearer.slice(7) : undefined;
  if (fault === 'thrown') {
    response.json({ subject: read(token).sub });
    return;
  }
  try {
    const { sub } = read(token);
    if (fault === 'cookie') response.cookie('access_token', token);
    if (fault === 'cached') response.set('Cache-Control', 'public, max-age=60');
    response.json({ subject: sub });
  } catch (error) {
    response.status(401).json({ error: fault === 'detailed' ? error.message : 'invalid token' });
  }
});

const server = app.listen(0, '127.0.0.1', () => ready(server));
