// oauth4webapi, unchanged, against a running authority: node oauth4webapi.mjs DEV_JSON
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { createSession, dev } from './dev.mjs'

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
console.log('ok')
