import { sign } from 'jsonwebtoken';

export function issue(id: string, creditCard: string) {
  const payload = { id, creditCard }; // finding: high
  return sign(payload, key, { expiresIn: 300 });
}
