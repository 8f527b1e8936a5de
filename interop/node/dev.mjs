// What every program here needs: the file that `serve --dev` wrote, and a session.
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
