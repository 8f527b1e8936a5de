// oauth4webapi, unchanged, against a running authority: node oauth4webapi.mjs DEV_JSON
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { asProxy, createSession, dev } from './dev.mjs'

const issuer = new URL(`${dev.issuer}/audiences/${dev.audience}`)
const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }),
)
const openid = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oidc' }),
)
assert.equal(openid.token_endpoint, server.token_endpoint)

const client = { client_id: dev.client_id }
for (const auth of [
  oauth.ClientSecretBasic(dev.client_secret),
  oauth.ClientSecretPost(dev.client_secret),
]) {
  const granted = await oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(server, client, auth, new URLSearchParams()),
  )
  assert.equal(granted.token_type, 'bearer')

  const session = await createSession({ subject: 'interop-oauth4webapi', scope: 'demo:read' })
  const renewed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, auth, session.refresh_token),
  )
  assert.notEqual(renewed.refresh_token, session.refresh_token)
  assert.ok(renewed.expires_in > 0)

  const introspect = async (token) =>
    oauth.processIntrospectionResponse(
      server,
      client,
      await oauth.introspectionRequest(server, client, auth, token),
    )
  const active = await introspect(renewed.access_token)
  assert.equal(active.active, true)
  assert.equal(active.sub, 'interop-oauth4webapi')

  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, auth, renewed.refresh_token),
  )
  assert.deepEqual(await introspect(renewed.access_token), { active: false })
  const refused = oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, auth, renewed.refresh_token),
  )
  await assert.rejects(refused, (error) => error.error === 'invalid_grant')
}

const wrong = oauth.processClientCredentialsResponse(
  server,
  client,
  await oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.ClientSecretPost('wrong'),
    new URLSearchParams(),
  ),
)
await assert.rejects(wrong, (error) => error.status === 401)
// A token that is bound to a key (RFC 9449), with the server's nonce: the first request learns it.
const keys = await oauth.generateKeyPair('ES256', { extractable: true })
const DPoP = oauth.DPoP(client, keys)
const basic = oauth.ClientSecretBasic(dev.client_secret)
const refresh = async (token) =>
  oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, basic, token, { DPoP }),
  )
const bound = await createSession({
  subject: 'interop-dpop',
  dpop_jkt: await DPoP.calculateThumbprint(),
})
assert.equal(bound.token_type, 'DPoP')
await assert.rejects(refresh(bound.refresh_token), (error) => oauth.isDPoPNonceError(error))
const renewed = await refresh(bound.refresh_token)
assert.equal(renewed.token_type, 'dpop')

// Where it is shown: the gate, asked as by a proxy in front of the API.
const api = new URL('https://api.example.com/invoices/7?page=2')
const call = (token, options) =>
  oauth.protectedResourceRequest(token, 'GET', api, undefined, undefined, {
    ...options,
    [oauth.customFetch]: asProxy,
  })
const answer = await call(renewed.access_token, { DPoP })
assert.equal(answer.status, 200)
assert.equal(answer.headers.get('x-auth-subject'), 'interop-dpop')
await assert.rejects(call(renewed.access_token, {}), (error) => error.status === 401)
const thief = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
await assert.rejects(call(renewed.access_token, { DPoP: thief }), (error) => error.status === 401)

// The same key alone refreshes.
const stolen = oauth.processRefreshTokenResponse(
  server,
  client,
  await oauth.refreshTokenGrantRequest(server, client, basic, renewed.refresh_token),
)
await assert.rejects(stolen, (error) => error.error === 'invalid_dpop_proof')
assert.equal((await refresh(renewed.refresh_token)).token_type, 'dpop')
console.log('ok')
