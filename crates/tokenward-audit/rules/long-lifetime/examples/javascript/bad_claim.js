import jwt from 'jsonwebtoken';

export const issue = (id) =>
  jwt.sign({ id, exp: Math.floor(Date.now() / 1000) + 60 * 60 * 24 * 365 }, key); // finding: high
