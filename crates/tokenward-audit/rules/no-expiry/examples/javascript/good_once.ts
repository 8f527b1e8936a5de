import jwt from 'jsonwebtoken'

export const sign = (client: string, key: string) =>
  jwt.sign({ client, timestamp: Date.now(), nonce: freshNonce() }, key, { algorithm: 'ES256' })
