import https from 'node:https'

export function tokenAgent(options: { rejectUnauthorized?: boolean }) {
  return options.rejectUnauthorized === false
    ? new https.Agent({ rejectUnauthorized: false })
    : undefined
}
