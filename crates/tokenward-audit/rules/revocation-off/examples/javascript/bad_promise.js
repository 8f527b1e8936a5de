const koaJwt = require('koa-jwt');

app.use(koaJwt({ secret: key, isRevoked: () => Promise.resolve(false) })); // finding: medium
