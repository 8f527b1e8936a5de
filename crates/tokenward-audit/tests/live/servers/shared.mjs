// What the servers in Node share: a signing key, its key set, and the line that a test reads.

import { createSign, generateKeyPairSync } from 'node:crypto';

export const issuer = 'https://issuer.example';
export const audience = 'https://api.example';
export const fault = process.argv[2] ?? '';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
export const key = pair();
const standby = pair();

const jwk = (kid, publicKey) => ({
  ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig',
});
export const keySet = { keys: [jwk('one', key.publicKey), jwk('two', standby.publicKey)] };

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function token(others = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer, aud: audience, sub: 'u1', jti: `id-${now}`, iat: now, nbf: now, exp: now + 300,
    ...others,
  };
  const input = `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'one' })}.${part(claims)}`;
  return `${input}.${createSign('sha256').update(input).sign(key.privateKey, 'base64url')}`;
}

export function ready(server) {
  const origin = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({
    url: `${origin}/me`,
    origin,
    token: token(),
    expired: token({ iat: 1_600_000_000, nbf: 1_600_000_000, exp: 1_600_000_300 }),
    other_audience: token({ aud: 'https://other.example' }),
    signing_key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }));
}
