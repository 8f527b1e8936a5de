import { NextResponse } from 'next/server';

export function POST(token: string) {
  const response = NextResponse.json({ ok: true });
  response.cookies.set('token', token, { httpOnly: true, secure: false }); // finding
  return response;
}
