import jwt from 'jsonwebtoken';

export function login(user) {
  return jwt.sign({ id: user.id, email: user.email, isVerified: user.isVerified }, process.env.JWT_KEY, {
    expiresIn: '7d', // finding: high
  });
}
