import jwt from 'jsonwebtoken';

const lifetime = process.env.TOKEN_LIFETIME ?? '30d'; // finding: high

export const issue = (sub: string) => jwt.sign({ sub }, key, { expiresIn: lifetime });
