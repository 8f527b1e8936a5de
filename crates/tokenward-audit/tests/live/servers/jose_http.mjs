// jose behind Node's own HTTP server. The fault `page` is a service that answers 200 to everybody, with a page;
// `embedded` takes the key that the token brings.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { audience, fault, issuer, key, keySet, ready } from './shared.mjs';

const { jwtVerify, EmbeddedJWK } = createRequire(`${process.env.NODE_MODULES}/`)('jose');

const options = {
  algorithms: ['RS256'], issuer, audience, typ: 'at+jwt', requiredClaims: ['exp', 'iat'],
};

function answer(response, status, body) {
  const isPage = fault === 'page';
  const text = isPage
    ? `<!doctype html><title>Shop</title><nav>Home Basket Help</nav><main>${
      status === 200 ? 'Your orders: two, both on their way. Sign out.' : 'Please sign in with name and password.'
    }</main>`
    : JSON.stringify(body);
  response.writeHead(isPage ? 200 : status, {
    'Content-Type': isPage ? 'text/html' : 'application/json',
    'Content-Security-Policy': "default-src 'self'",
    'Cache-Control': 'private, max-age=300',
  });
  response.end(text);
}

const server = createServer(async (request, response) => {
  if (request.url === '/.well-known/jwks.json') {
    response.writeHead(200, { 'Cache-Control': 'public, max-age=300' });
    response.end(JSON.stringify(keySet));
    return;
  }
  try {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    if (fault === 'embedded') {
      const header = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
      const from = header.jwk ? EmbeddedJWK : key.publicKey;
      const { payload } = await jwtVerify(token, from, { issuer, audience });
      return answer(response, 200, { subject: payload.sub });
    }
    const { payload } = await jwtVerify(token, key.publicKey, options);
    answer(response, 200, { subject: payload.sub });
  } catch {
    answer(response, 401, { error: 'invalid token' });
  }
});
server.listen(0, '127.0.0.1', () => ready(server));
