import { setCookie } from 'hono/cookie';
import { options } from './cookies';

export function keep(c, token: string, csrfToken: string) {
  setCookie(c, 'token', token, options);
  setCookie(c, 'csrf_token', csrfToken);
}
