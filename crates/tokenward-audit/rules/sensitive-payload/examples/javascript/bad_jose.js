import { SignJWT } from 'jose';

export const issue = (user) =>
  new SignJWT({ sub: user.id, api_key: user.apiKey }) // finding: high
    .setExpirationTime('5m')
    .sign(key);
