import { SignJWT } from 'jose';

export const issue = (sub: string) =>
  new SignJWT({ sub }).setProtectedHeader({ alg: 'ES256' }).setIssuedAt().sign(key); // finding: high
