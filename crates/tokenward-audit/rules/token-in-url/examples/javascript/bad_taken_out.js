const jwt = require('jsonwebtoken')

exports.file = (req, res) => {
  const { token } = req.query
  const claims = jwt.verify(token, key, { algorithms: ['ES256'] }) // finding: medium
  res.sendFile(claims.path)
}

exports.socket = (socket) => {
  socket.user = jwt.verify(socket.handshake.query.token, key, { algorithms: ['ES256'] }) // finding: medium
}
