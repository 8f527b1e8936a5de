const jwt = require('jsonwebtoken')

exports.issue = (session) => jwt.sign({ session: JSON.stringify({ ...session, end: soon() }) }, key)
