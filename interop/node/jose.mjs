// jose, unchanged, verifies our access tokens: node jose.mjs DEV_JSON
import assert from 'node:assert/strict'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createSession, dev } from './dev.mjs'

const { access_token } = await createSession({ subject: 'interop-jose', scope: 'demo:read' })
const keys = createRemoteJWKSet(new URL(dev.jwks_uri))
const options = {
  issuer: `${dev.issuer}/audiences/${dev.audience}`,
  audience: dev.audience,
  algorithms: ['ES256'],
  typ: 'at+jwt',
  requiredClaims: ['sub', 'jti', 'exp', 'iat', 'client_id'],
}
const { payload } = await jwtVerify(access_token, keys, options)
assert.equal(payload.sub, 'interop-jose')
await assert.rejects(jwtVerify(access_token, keys, { ...options, audience: 'another' }))
console.log('ok')
