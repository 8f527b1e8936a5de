// What every program here needs: the file that `serve --dev` wrote, a session, and the way of a proxy.
import { readFileSync } from 'node:fs'

export const dev = JSON.parse(readFileSync(process.argv[2], 'utf8'))

export async function createSession(wanted) {
  const basic = Buffer.from(`${dev.client_id}:${dev.client_secret}`).toString('base64')
  const response = await fetch(`${dev.base_url}/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify({ audience: dev.audience, delivery: 'token', ...wanted }),
  })
  if (response.status !== 201) throw new Error(`no session: ${response.status}`)
  return response.json()
}

// A `fetch` that asks the gate about a request, as a proxy in front of the API would.
export async function asProxy(url, { method, headers }) {
  const { host, pathname, protocol, search } = new URL(url)
  const forwarded = {
    'x-forwarded-method': method,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-host': host,
    'x-forwarded-uri': pathname + search,
  }
  return fetch(`${dev.base_url}/auth/caddy/${dev.audience}`, {
    headers: { ...Object.fromEntries(new Headers(headers)), ...forwarded },
  })
}
