import jwt from 'jsonwebtoken';

// The gateway that this stands for verifies it.
export function context(req, res, next) {
  console.log('emulating the gateway');
  req.user = jwt.decode(req.headers.authorization.split(' ')[1]); // finding: uncertain
  next();
}
