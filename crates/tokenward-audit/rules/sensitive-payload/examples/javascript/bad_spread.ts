import jwt from 'jsonwebtoken';

export async function login(email: string) {
  const user = await users.find(email);
  return jwt.sign({ ...user }, key, { expiresIn: '5m' }); // finding: medium
}
