const tokens = require('jwt-simple');

exports.issue = (user) => tokens.encode({ sub: user.id, iat: Date.now() }, secret); // finding: high
