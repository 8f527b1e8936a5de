const jwt = require('jsonwebtoken');

exports.issue = (page) => jwt.sign({ sub: page.id, hash: etag(page) }, key, { expiresIn: '5m' });
