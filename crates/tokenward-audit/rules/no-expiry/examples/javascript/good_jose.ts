import * as jose from 'jose';

export async function issue(sub: string) {
  return new jose.SignJWT({ sub })
    .setProtectedHeader({ alg: 'ES256' })
    .setExpirationTime('5m')
    .sign(key);
}
