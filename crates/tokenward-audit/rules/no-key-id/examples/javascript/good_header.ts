import { SignJWT } from 'jose';

export const issue = (sub: string) =>
  new SignJWT({ sub }).setProtectedHeader({ alg: 'ES256', kid: name }).setExpirationTime('5m').sign(key);
