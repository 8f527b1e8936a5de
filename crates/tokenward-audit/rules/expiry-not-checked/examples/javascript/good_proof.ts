import jwt from 'jsonwebtoken'

export function proof(header: string, key: string, method: string) {
  const claims = jwt.verify(header, key, { algorithms: ['ES256'], ignoreExpiration: true }) as Proof
  if (claims.htm !== method || !isRecent(claims.iat)) throw new Error('no proof')
  return claims
}
