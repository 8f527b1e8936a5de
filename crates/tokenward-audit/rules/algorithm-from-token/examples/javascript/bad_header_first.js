import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';

export async function read(token, keys) {
  const header = decodeProtectedHeader(token);
  const jwk = keys.find((one) => one.kid === header.kid);
  const alg = header.alg ?? jwk.alg;
  return jwtVerify(token, await importJWK(jwk, alg), { algorithms: [alg] }); // finding: high
}
