// Which key of the jwt's issuer it is.
export function keyOf(req) {
  const token = req.headers.authorization.slice(7);
  const [header] = token.split('.');
  return keys.get(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')).kid);
}
