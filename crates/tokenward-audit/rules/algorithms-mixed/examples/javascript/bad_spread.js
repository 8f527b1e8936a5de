import * as jwt from 'jsonwebtoken';

const base = { algorithms: ['HS256', 'EdDSA'] };

export const read = (token) => jwt.verify(token, key, { ...base, issuer: 'me' }); // finding: medium
