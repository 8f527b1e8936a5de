import jwt from 'jsonwebtoken';

export function refreshToken(id: string) {
  return jwt.sign({ id }, refreshKey, { expiresIn: '7d' });
}
