import { verify as check } from 'jsonwebtoken';

export function guard(token: string, res: Response) {
  try {
    return check(token, key);
  } catch (error) {
    return res.status(401).json({ success: false, error }); // finding: medium
  }
}
