import type { Request, Response, NextFunction } from 'express';

export function onlyAdmins(req: Request, res: Response, next: NextFunction) {
  const token = req.headers.authorization!.slice(7);
  const [, payload] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')); // finding: high
  if (!claims.roles.includes('admin')) return res.sendStatus(403);
  next(); // jwt
}
