import { jwtVerify } from 'jose';

export async function guard(req: Request, res: Response) {
  try {
    return await jwtVerify(req.token, keys);
  } catch (error) {
    res.status(401).send(`Unauthorized: ${(error as Error).message}`); // finding: medium
  }
}
