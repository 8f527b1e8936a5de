import { cookies } from 'next/headers';

export async function signIn(jwt: string) {
  const store = await cookies();
  store.set({ name: 'session_token', value: jwt, secure: false, httpOnly: true }); // finding
}
