import { verify } from 'jsonwebtoken';

const secret = process.env.JWT_SECRET || 'dev-secret'; // finding: high

export const read = (token: string) => verify(token, secret);
