import { SignJWT } from 'jose';

export const issue = (sub: string) => new SignJWT({ sub }).setExpirationTime('7d').sign(key); // finding: low
