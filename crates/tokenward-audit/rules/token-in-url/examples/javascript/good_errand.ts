import jwt from 'jsonwebtoken';

export function verifyEmail(req: Request) {
  return jwt.verify(req.query.token as string, key);
}
