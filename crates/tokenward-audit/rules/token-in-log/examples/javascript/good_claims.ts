import jwt from 'jsonwebtoken';

export function guard(req: Request, next: NextFunction) {
  const token = req.cookies.session;
  const claims = jwt.verify(token, PUBLIC, { algorithms: ['RS256'] });
  logger.info(`request of ${claims.sub}, ${token ? 'with' : 'without'} a token`);
  next();
}
