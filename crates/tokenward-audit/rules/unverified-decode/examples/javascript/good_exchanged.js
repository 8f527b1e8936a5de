import { decodeJwt } from 'jose';

export function actorOf(exchanged) {
  const claims = decodeJwt(exchanged.access_token);
  return claims.act;
}
