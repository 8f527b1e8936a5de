// jose, jsonwebtoken and fast-jwt verify as they are told (the protocol: bench/peers/harness/src/serve.rs).
// The libraries lie where `node_modules` beside this file's copy is.

import { createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { createVerifier } from 'fast-jwt';
import { jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

const ISSUER = 'https://auth.example.com';
const AUDIENCE = 'orders-api';
const NODE = `Node ${process.versions.node}`;
const REQUIRED = ['iss', 'aud', 'exp', 'sub'];
const dir = process.argv[2];

const read = (name) => readFileSync(`${dir}/${name}`);
const version = (name) =>
  JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version;

const contenders = [];
function add(algorithm, library, variant, verify) {
  contenders.push(verify);
  console.log([algorithm, 'verify', library, version(library), variant].join('\t'));
}

for (const algorithm of ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA']) {
  const token = read(`${algorithm}.jwt`).toString();
  const bytes = algorithm === 'HS256' ? read('HS256.public') : read(`${algorithm}.pem`);
  const key = algorithm === 'HS256' ? createSecretKey(bytes) : createPublicKey(bytes);

  const jose = {
    algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', requiredClaims: REQUIRED,
  };
  add(algorithm, 'jose', NODE, () => jwtVerify(token, key, jose));

  if (algorithm !== 'EdDSA') {
    const options = { algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE };
    add(algorithm, 'jsonwebtoken', NODE, () => jsonwebtoken.verify(token, key, options));
  }

  const fast = {
    key: bytes, algorithms: [algorithm], allowedIss: ISSUER, allowedAud: AUDIENCE, requiredClaims: REQUIRED,
  };
  const verify = createVerifier({ ...fast, cache: false });
  add(algorithm, 'fast-jwt', NODE, () => verify(token));
  const cached = createVerifier({ ...fast, cache: true });
  add(algorithm, 'fast-jwt', `${NODE}, cache hit`, () => cached(token));
}
console.log('ready');

for await (const line of createInterface({ input: process.stdin })) {
  const [repeats, ...batches] = line.split(' ');
  const took = batches.map(() => 0);
  for (let round = 0; round < Number(repeats); round += 1) {
    for (const [place, batch] of batches.entries()) {
      const [index, count] = batch.split(':').map(Number);
      const verify = contenders[index];
      const start = process.cpuUsage();
      for (let i = 0; i < count; i += 1) {
        const answer = verify();
        // Awaiting what is no promise would charge the libraries that need none.
        if (answer instanceof Promise) await answer;
      }
      const { user, system } = process.cpuUsage(start);
      took[place] += (user + system) * 1000;
    }
  }
  console.log(took.join(' '));
}
