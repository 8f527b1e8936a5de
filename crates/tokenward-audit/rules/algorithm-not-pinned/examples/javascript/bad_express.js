const expressJwt = require('express-jwt');

app.use(expressJwt({ secret: process.env.SECRET })); // finding: uncertain
