import { jwtVerify } from 'jose';

export const read = (token: string) => jwtVerify(token, keys);
