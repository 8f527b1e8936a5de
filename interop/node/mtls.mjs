// A service with a client certificate, by oauth4webapi and openid-client, unchanged:
// node mtls.mjs DEV_JSON CERTIFICATE KEY CA
import assert from 'node:assert/strict'
import { X509Certificate, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as send } from 'node:https'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { createSession, dev } from './dev.mjs'

const [cert, key, ca] = process.argv.slice(3).map((path) => readFileSync(path))
const issuer = new URL(`${dev.issuer}/audiences/${dev.audience}`)
const id = 'interop'
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
const x5t = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url')

// A `fetch` that shows the certificate.
const certified = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const options = { method, headers: Object.fromEntries(new Headers(headers)), cert, key, ca }
    const request = send(url, options, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        const { statusCode: status, headers } = response
        const empty = status === 204 || status === 304
        resolve(new Response(empty ? null : Buffer.concat(chunks), { status, headers }))
      })
    })
    request.on('error', reject)
    request.end(body === undefined || body === null ? undefined : body.toString())
  })

const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }),
)
assert.ok(server.token_endpoint_auth_methods_supported.includes('tls_client_auth'))
assert.equal(server.tls_client_certificate_bound_access_tokens, true)
const alias = server.mtls_endpoint_aliases.token_endpoint
assert.notEqual(alias, server.token_endpoint)

// oauth4webapi
const client = { client_id: id, use_mtls_endpoint_aliases: true }
const auth = oauth.TlsClientAuth()
const shown = { [oauth.customFetch]: certified }
const introspect = async (token) =>
  oauth.processIntrospectionResponse(
    server,
    client,
    await oauth.introspectionRequest(server, client, auth, token, shown),
  )
const own = await oauth.processClientCredentialsResponse(
  server,
  client,
  await oauth.clientCredentialsGrantRequest(server, client, auth, { scope: 'invoices:read' }, shown),
)
assert.equal(own.token_type, 'bearer')
const told = await introspect(own.access_token)
assert.deepEqual(told.cnf, { 'x5t#S256': x5t })
assert.equal(told.sub, `client:${id}`)

// A key beside the certificate: bound to both. The first request learns the nonce.
const keys = await oauth.generateKeyPair('ES256')
const DPoP = oauth.DPoP(client, keys)
const both = async () =>
  oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(server, client, auth, {}, { ...shown, DPoP }),
  )
const bound = await both().catch((error) => {
  if (!oauth.isDPoPNonceError(error)) throw error
  return both()
})
assert.equal(bound.token_type, 'dpop')
const jkt = await DPoP.calculateThumbprint()
assert.deepEqual((await introspect(bound.access_token)).cnf, { jkt, 'x5t#S256': x5t })

// A user's token for one of its own, and the user's devices: one is logged out, the other stays.
const [phone, laptop] = [
  await createSession({ subject: 'interop-mtls', scope: 'invoices:read', device: 'phone' }),
  await createSession({ subject: 'interop-mtls', scope: 'invoices:read', device: 'laptop' }),
]
const wanted = { subject_token: phone.access_token, subject_token_type: accessToken }
const exchanged = await oauth.processGenericTokenEndpointResponse(
  server,
  client,
  await oauth.genericTokenEndpointRequest(server, client, auth, exchange, wanted, shown),
)
const acts = await introspect(exchanged.access_token)
assert.deepEqual(acts.cnf, { 'x5t#S256': x5t })
assert.deepEqual(acts.act, { sub: `client:${id}` })
const v1 = (method, path) => certified(new URL(path, alias), { method })
const { sessions } = await (await v1('GET', '/v1/subjects/interop-mtls/sessions')).json()
const lost = sessions.find((session) => session.device === 'phone')
assert.equal((await v1('DELETE', `/v1/sessions/${lost.session_id}`)).status, 204)
for (const [token, active] of [
  [phone.access_token, false],
  [exchanged.access_token, false],
  [laptop.access_token, true],
]) {
  assert.equal((await introspect(token)).active, active)
}
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, auth, laptop.refresh_token, shown),
)
assert.equal((await introspect(laptop.access_token)).active, false)

// openid-client
const config = await openid.discovery(
  issuer,
  id,
  { use_mtls_endpoint_aliases: true },
  openid.TlsClientAuth(),
  { algorithm: 'oauth2', [openid.customFetch]: certified },
)
const granted = await openid.clientCredentialsGrant(config, { scope: 'invoices:read' })
const active = await openid.tokenIntrospection(config, granted.access_token)
assert.deepEqual(active.cnf, { 'x5t#S256': x5t })
await openid.tokenRevocation(config, granted.access_token)
assert.equal((await openid.tokenIntrospection(config, granted.access_token)).active, false)

// At the endpoint where nobody shows a certificate, the name alone is nobody's.
const plain = { client_id: id }
const refused = oauth.processClientCredentialsResponse(
  server,
  plain,
  await oauth.clientCredentialsGrantRequest(server, plain, auth, new URLSearchParams()),
)
await assert.rejects(refused, (error) => error.status === 401)
console.log('ok')
