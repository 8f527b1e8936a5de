const jwt = require('jsonwebtoken');

app.get('/.well-known/jwks.json', (req, res) => res.json(published));
exports.issue = (id) => jwt.sign({ id }, key, { expiresIn: '5m' });
