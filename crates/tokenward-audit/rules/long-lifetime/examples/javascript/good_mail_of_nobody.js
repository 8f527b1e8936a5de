import jwt from 'jsonwebtoken';

export function register(input, mailer) {
  const link = jwt.sign({ email: input.email }, process.env.JWT_KEY, { expiresIn: '2d' });
  return mailer.send(input.email, link);
}
