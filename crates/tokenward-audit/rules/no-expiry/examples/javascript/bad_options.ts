import { sign } from 'jsonwebtoken';

export function issue(id: string) {
  const payload = { sub: id };
  return sign(payload, key, { algorithm: 'ES256' }); // finding: high
}
