const express = require('express')
const app = express()

app.post('/login', (req, res) => {
  const accessToken = issue(req.body)
  res.cookie('jwt_id', accessToken, { secure: true, sameSite: 'strict' }) // finding: high
  res.cookie('jwt_provider', req.body.provider, { secure: true, sameSite: 'strict' })
  res.end()
})
