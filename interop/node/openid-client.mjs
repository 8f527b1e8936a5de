// openid-client, unchanged, against a running authority: node openid-client.mjs DEV_JSON
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { asProxy, createSession, dev } from './dev.mjs'

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
// A token that is bound to a key (RFC 9449): the library asks again with the server's nonce by itself.
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
const own = await client.clientCredentialsGrant(config, {}, { DPoP })
assert.equal(own.token_type, 'dpop')
const bound = await createSession({
  subject: 'interop-dpop',
  dpop_jkt: await DPoP.calculateThumbprint(),
})
const next = await client.refreshTokenGrant(config, bound.refresh_token, {}, { DPoP })
assert.equal(next.token_type, 'dpop')
await assert.rejects(
  client.refreshTokenGrant(config, next.refresh_token),
  (error) => error.error === 'invalid_dpop_proof',
)

// Where it is shown: the gate, asked as by a proxy in front of the API.
config[client.customFetch] = asProxy
const api = new URL('https://api.example.com/invoices/7?page=2')
const call = (token, options) =>
  client.fetchProtectedResource(config, token, api, 'GET', undefined, undefined, options)
assert.equal((await call(next.access_token, { DPoP })).status, 200)
await assert.rejects(call(next.access_token), (error) => error.status === 401)
console.log('ok')
