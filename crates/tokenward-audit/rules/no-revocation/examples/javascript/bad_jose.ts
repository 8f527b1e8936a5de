import { SignJWT } from 'jose';

export const issue = (sub: string) => new SignJWT({ sub }).setExpirationTime('5m').sign(key); // finding: uncertain
