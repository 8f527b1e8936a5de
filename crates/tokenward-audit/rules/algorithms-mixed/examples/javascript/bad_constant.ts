import { jwtVerify } from 'jose';

const config = { jwt: { algorithms: ['HS512', 'PS512'] } };

export const read = (token: string) =>
  jwtVerify(token, key, { algorithms: config.jwt.algorithms }); // finding: medium
