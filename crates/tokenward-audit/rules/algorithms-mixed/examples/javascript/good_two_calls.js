import jwt from 'jsonwebtoken';

export const own = (token) => jwt.verify(token, secret, { algorithms: ['HS256'] });
export const foreign = (token) => jwt.verify(token, publicKey, { algorithms: ['RS256'] });
