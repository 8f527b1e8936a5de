import { jwtVerify, importJWK } from 'jose';

export async function read(token: string, jwk: JWK) {
  return jwtVerify(token, await importJWK(jwk), { algorithms: [jwk.alg!] });
}
