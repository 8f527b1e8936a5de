import { cookies } from 'next/headers';

export async function remember(accessToken: string) {
  (await cookies()).set('access_token', accessToken, { httpOnly: true, path: '/' }); // finding
}
