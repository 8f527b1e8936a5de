import { createRemoteJWKSet, jwtVerify } from 'jose'

const keys = createRemoteJWKSet(new URL('http://login.example.com/.well-known/jwks.json')) // finding: high

export const read = (text) => jwtVerify(text, keys, { issuer: 'login', audience: 'shop', algorithms: ['ES256'] })
