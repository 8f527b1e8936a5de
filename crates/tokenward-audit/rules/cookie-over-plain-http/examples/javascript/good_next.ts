import { cookies } from 'next/headers';
import { NextResponse } from 'next/server';

export async function signIn(jwt: string, theme: string) {
  const store = await cookies();
  store.set({ name: '__Host-session_token', value: jwt, httpOnly: true, secure: true, path: '/' });
  store.set('theme', theme);
  store.set('access_token', '', { maxAge: 0 });
}

export function forward(request: Request, token: string) {
  request.cookies.set('token', token);
  return NextResponse.next({ request });
}
