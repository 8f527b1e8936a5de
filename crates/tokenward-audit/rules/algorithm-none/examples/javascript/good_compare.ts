import { decodeProtectedHeader, jwtVerify } from 'jose';

export async function read(token: string) {
  if (decodeProtectedHeader(token).alg === 'none') throw new Error('refused');
  return jwtVerify(token, keys, { algorithms: ['ES256'] });
}
