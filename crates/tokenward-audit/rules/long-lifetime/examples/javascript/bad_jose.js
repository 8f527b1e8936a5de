import { SignJWT } from 'jose';

export const issue = (sub) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1y') // finding: high
    .sign(key);
