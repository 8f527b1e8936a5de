import * as jose from 'jose';

export async function authenticate(headers: Headers) {
  const token = headers.get('authorization')!.slice(7);
  const { sub, scope } = jose.decodeJwt(token); // finding: high
  return { sub, scope };
}
