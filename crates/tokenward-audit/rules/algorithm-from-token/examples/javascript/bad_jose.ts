import { decodeProtectedHeader, jwtVerify } from 'jose';

export async function read(token: string) {
  const { alg } = decodeProtectedHeader(token);
  return jwtVerify(token, key, { algorithms: [alg!] }); // finding: high
}
