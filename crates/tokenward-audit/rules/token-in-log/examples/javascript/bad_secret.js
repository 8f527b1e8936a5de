import jwt from 'jsonwebtoken';

export function issue(user) {
  console.log(process.env.JWT_SECRET); // finding: high
  return jwt.sign({ sub: user.id }, process.env.JWT_SECRET, { expiresIn: '5m' });
}
