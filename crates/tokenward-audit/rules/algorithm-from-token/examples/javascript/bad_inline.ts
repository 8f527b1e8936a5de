import * as jose from 'jose';

export const read = async (token: string) =>
  jose.jwtVerify(token, key, { algorithms: [jose.decodeProtectedHeader(token).alg as string] }); // finding: high
