import { verify } from 'jsonwebtoken';

type Algorithm = 'HS256' | 'RS256';
const all: Algorithm[] = ['HS256', 'RS256'];

export const read = (token: string, wanted: Algorithm) =>
  verify(token, key, { algorithms: [wanted] });
