import jwt from 'jsonwebtoken'

export const tenantToken = (key: Key, rules: object) =>
  jwt.sign({ apiKeyUid: key.uid, clientSecretId: key.id, rules }, key.value, { expiresIn: '1h' })
