import { verify } from 'jsonwebtoken';

const options = { algorithms: ['RS256'], ignoreExpiration: true };

export const userOf = (token: string) => verify(token, key, options); // finding: high
