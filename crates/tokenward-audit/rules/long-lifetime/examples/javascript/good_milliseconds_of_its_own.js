import jwt from 'jsonwebtoken';

export function ticket(subject) {
  return jwt.sign({ sub: subject, exp: Date.now() + 900 * 1000 }, key, { algorithm: 'ES256' });
}

export function isOver(claims) {
  return claims.exp < Date.now();
}
