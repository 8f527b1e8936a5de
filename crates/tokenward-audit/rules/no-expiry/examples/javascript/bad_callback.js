import jwt from 'jsonwebtoken';

export function issue(id, done) {
  jwt.sign({ id }, key, (err, token) => done(err, token)); // finding: high
}
