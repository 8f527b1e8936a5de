const { expressjwt } = require('express-jwt');

async function isRevoked(req, token) {
  return false;
}

app.use(expressjwt({ secret: key, algorithms: ['RS256'], isRevoked: isRevoked })); // finding: medium
