const jwt = require('jsonwebtoken')

function claims(req, res) {
  try {
    return jwt.verify(req.token, key, { algorithms: ['ES256'] })
  } catch (error) {
    if (error.name === 'TokenExpiredError') {
      return res.status(401).json({ error: 'invalid_token', error_description: error.message })
    }
    return res.status(401).json({ error: 'invalid_token' })
  }
}
