import { jwtVerify } from 'jose';

export async function guard(req: Request) {
  const token = req.query.access_token as string; // finding: medium
  return jwtVerify(token, keys);
}
