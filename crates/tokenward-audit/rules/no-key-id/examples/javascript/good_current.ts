import { sign } from 'jsonwebtoken';

export const issue = (id: string) =>
  sign({ id }, current.pem, { expiresIn: 300, header: { alg: 'ES256', kid: current.kid } });
