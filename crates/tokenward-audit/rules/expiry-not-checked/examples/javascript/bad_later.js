import jwt from 'jsonwebtoken';

export function read(token) {
  const options = { algorithms: ['HS256'] };
  options.ignoreExpiration = true;
  return jwt.verify(token, key, options); // finding: high
}
