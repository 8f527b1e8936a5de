const jwt = require('jsonwebtoken')

exports.checkPair = (privateKey, publicKey) => {
  const probe = jwt.sign({ probe: true }, privateKey, { algorithm: 'ES256' })
  jwt.verify(probe, publicKey, { algorithms: ['ES256'] })
}
