// jose, unchanged, beside other verifiers: one question a line, one answer a line.
import { createInterface } from 'node:readline'
import { createLocalJWKSet, importJWK, jwtVerify } from 'jose'

const keys = new Map()

async function keyOf(jwk) {
  const name = JSON.stringify(jwk)
  // A set chooses by `kid` and `alg` as services do; a secret cannot be in one.
  if (!keys.has(name)) {
    keys.set(name, jwk.kty === 'oct' ? await importJWK(jwk) : createLocalJWKSet({ keys: [jwk] }))
  }
  return keys.get(name)
}

async function verify(question) {
  const { payload } = await jwtVerify(question.token, await keyOf(question.jwk), {
    algorithms: [question.algorithm],
    issuer: question.issuer,
    audience: question.audience,
    clockTolerance: question.leeway,
    requiredClaims: ['exp', 'iat', 'sub', 'jti'],
    ...(question.access_token ? { typ: 'at+jwt' } : {}),
    ...(question.now === null ? {} : { currentDate: new Date(question.now * 1000) }),
  })
  return payload
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    // Half a surrogate pair is text in JavaScript, and none in the JSON of the answer.
    const { sub } = await verify(JSON.parse(line))
    answer = { accepted: true, subject: Buffer.from(String(sub)).toString() }
  } catch (error) {
    answer = { accepted: false, reason: `${error.name}: ${error.message}` }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
