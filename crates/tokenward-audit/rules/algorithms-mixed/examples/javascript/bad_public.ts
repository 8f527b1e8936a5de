import { verify } from 'jsonwebtoken';

export const read = (token: string) =>
  verify(token, publicKey, { algorithms: ['RS256', 'HS256'] }); // finding: high
