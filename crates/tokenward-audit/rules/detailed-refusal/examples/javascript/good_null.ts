import { jwtVerify } from 'jose';

export async function read(token: string) {
  try {
    return await jwtVerify(token, keys);
  } catch (error) {
    logger.info(error);
    return null;
  }
}
