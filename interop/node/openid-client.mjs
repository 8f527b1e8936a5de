// openid-client, unchanged, against a running authority: node openid-client.mjs DEV_JSON
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { createSession, dev } from './dev.mjs'

const config = await client.discovery(
  new URL(`${dev.issuer}/audiences/${dev.audience}`),
  dev.client_id,
  dev.client_secret,
  undefined,
  { algorithm: 'oauth2' },
)

const granted = await client.clientCredentialsGrant(config)
assert.ok(granted.access_token)

const session = await createSession({ subject: 'interop-openid-client' })
const renewed = await client.refreshTokenGrant(config, session.refresh_token)
assert.notEqual(renewed.refresh_token, session.refresh_token)

const active = await client.tokenIntrospection(config, renewed.access_token)
assert.equal(active.active, true)
assert.equal(active.sub, 'interop-openid-client')

await client.tokenRevocation(config, renewed.refresh_token)
assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false)
await assert.rejects(
  client.refreshTokenGrant(config, renewed.refresh_token),
  (error) => error.error === 'invalid_grant',
)
console.log('ok')
