// A service that signs, by oauth4webapi and openid-client, unchanged: node services.mjs DEV_JSON PRIVATE_JWK
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { createSession, dev } from './dev.mjs'

const jwk = JSON.parse(readFileSync(process.argv[3], 'utf8'))
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }
const key = await crypto.subtle.importKey('jwk', jwk, ecdsa, false, ['sign'])
const issuer = new URL(`${dev.issuer}/audiences/${dev.audience}`)
const id = 'interop-signs'
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'

const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }),
)
assert.ok(server.token_endpoint_auth_methods_supported.includes('private_key_jwt'))
assert.ok(server.token_endpoint_auth_signing_alg_values_supported.includes('ES256'))
assert.ok(server.grant_types_supported.includes(exchange))

// oauth4webapi
const client = { client_id: id }
const auth = oauth.PrivateKeyJwt({ key, kid: jwk.kid })
const own = await oauth.processClientCredentialsResponse(
  server,
  client,
  await oauth.clientCredentialsGrantRequest(server, client, auth, { scope: 'demo:read' }),
)
assert.equal(own.scope, 'demo:read')
const user = await createSession({ subject: 'interop-services', scope: 'demo:read demo:write' })
const wanted = { subject_token: user.access_token, subject_token_type: accessToken }
const exchanged = await oauth.processGenericTokenEndpointResponse(
  server,
  client,
  await oauth.genericTokenEndpointRequest(server, client, auth, exchange, wanted),
)
assert.equal(exchanged.scope, 'demo:read')
assert.equal(exchanged.issued_token_type, accessToken)

// openid-client
const config = await openid.discovery(
  issuer,
  id,
  undefined,
  openid.PrivateKeyJwt({ key, kid: jwk.kid }),
  { algorithm: 'oauth2' },
)
assert.ok((await openid.clientCredentialsGrant(config)).access_token)
const again = await openid.genericGrantRequest(config, exchange, wanted)
const active = await openid.tokenIntrospection(config, again.access_token)
assert.equal(active.sub, 'interop-services')
assert.deepEqual(active.act, { sub: `client:${id}` })
await openid.tokenRevocation(config, again.access_token)
assert.equal((await openid.tokenIntrospection(config, again.access_token)).active, false)

// The same with another key of that name.
const other = await crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify'])
const forged = oauth.PrivateKeyJwt({ key: other.privateKey, kid: jwk.kid })
const refused = oauth.processClientCredentialsResponse(
  server,
  client,
  await oauth.clientCredentialsGrantRequest(server, client, forged, new URLSearchParams()),
)
await assert.rejects(refused, (error) => error.status === 401)
console.log('ok')
