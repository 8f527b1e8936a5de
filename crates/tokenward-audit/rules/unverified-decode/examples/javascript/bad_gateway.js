import jwt from 'jsonwebtoken';

// Emulated: the gateway that this stands for verifies it.
export function context(req, res, next) {
  req.user = jwt.decode(req.headers.authorization.split(' ')[1]); // finding: uncertain
  next();
}
