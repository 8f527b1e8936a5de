import jwt from 'jsonwebtoken';

export function issue(user) {
  return jwt.sign({ sub: user.id }, '', { algorithm: 'none', expiresIn: '5m' }); // finding: high
}
