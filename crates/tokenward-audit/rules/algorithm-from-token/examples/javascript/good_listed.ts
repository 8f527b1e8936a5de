import { decodeProtectedHeader, jwtVerify } from 'jose';

export async function read(token: string) {
  const { alg } = decodeProtectedHeader(token);
  if (!['ES256', 'ES384'].includes(alg!)) throw new Error('refused');
  return jwtVerify(token, key, { algorithms: [alg!] });
}
