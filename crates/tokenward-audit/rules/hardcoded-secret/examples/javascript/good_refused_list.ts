import jwt from 'jsonwebtoken'

export function check(settings: Record<string, string>) {
  const known = { jwtSecret: 'please-change-me', cookieSecret: 'please-change-me-too' }
  for (const [name, value] of Object.entries(known)) {
    if (settings[name] === value) throw new Error(`${name} is the one from the documentation`)
  }
}

export const issue = (settings: Record<string, string>, claims: object) =>
  jwt.sign(claims, settings.jwtSecret, { algorithm: 'HS256', expiresIn: '5m' })
