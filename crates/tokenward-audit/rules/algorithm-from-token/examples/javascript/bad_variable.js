import jwt from 'jsonwebtoken';

export function read(token) {
  const decoded = jwt.decode(token, { complete: true });
  const alg = decoded.header.alg;
  const options = { algorithms: [alg] };
  return jwt.verify(token, key, options); // finding: high
}
