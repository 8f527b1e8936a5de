import jwt from 'jsonwebtoken';

export function guard(req: Request, res: Response, next: NextFunction) {
  const token = req.headers['authorization']?.split(' ')[1];
  logger.info(`token: ${token}`); // finding: high
  req.user = jwt.verify(token, PUBLIC, { algorithms: ['RS256'] });
  next();
}
