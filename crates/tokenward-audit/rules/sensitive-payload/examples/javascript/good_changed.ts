import jwt from 'jsonwebtoken';

export const issue = (user: User) =>
  jwt.sign({ sub: user.id, passwordVersion: user.passwordVersion }, key, { expiresIn: '5m' });
