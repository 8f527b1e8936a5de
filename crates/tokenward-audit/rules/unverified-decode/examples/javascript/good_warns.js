import { decodeJwt } from 'jose';

export function warnUnlessBound(token) {
  const claims = decodeJwt(token);
  if (!claims.cnf) {
    console.warn('this token is bound to no certificate');
  }
}
