import jwt from 'jsonwebtoken';

const secret = process.env.JWT_SECRET ?? '';
if (!secret) throw new Error('JWT_SECRET is missing');

export const read = (token: string) => jwt.verify(token, secret);
