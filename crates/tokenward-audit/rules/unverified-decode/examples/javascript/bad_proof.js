import { calculateJwkThumbprint, decodeJwt } from 'jose';

export async function bind(ctx, grant) {
  const { cnf: { jwk } } = decodeJwt(ctx.get('client-attestation')); // finding: uncertain
  grant.thumbprint = await calculateJwkThumbprint(jwk);
}
