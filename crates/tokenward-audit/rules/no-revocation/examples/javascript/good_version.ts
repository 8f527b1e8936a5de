import { sign } from 'jsonwebtoken';

export const issue = (user: User) =>
  sign({ id: user.id, ver: user.tokenVersion }, key, { expiresIn: 300 });
