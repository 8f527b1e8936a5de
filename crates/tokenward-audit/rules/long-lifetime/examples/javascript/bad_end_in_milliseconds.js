import jwt from 'jsonwebtoken';

const LIFETIME = 15 * 60;

export function ticket(subject) {
  return jwt.sign({ sub: subject, exp: Date.now() + LIFETIME * 1000 }, key, { algorithm: 'ES256' }); // finding: high
}
