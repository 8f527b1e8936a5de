import jwt from 'jsonwebtoken'

export const begin = (options: object, key: string) => jwt.sign({ options, now: Date.now() }, key) // finding: uncertain

export function end(token: string, key: string) {
  const found = jwt.verify(token, key, { algorithms: ['HS256'] }) as { now: number }
  const age = Date.now() - found.now
  if (age > 600_000) throw new Error('too late')
}
