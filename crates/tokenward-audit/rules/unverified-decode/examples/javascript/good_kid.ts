import jwt from 'jsonwebtoken';

export async function keyFor(token: string) {
  const decoded = jwt.decode(token, { complete: true });
  return keys.find((key) => key.kid === decoded?.header.kid);
}
