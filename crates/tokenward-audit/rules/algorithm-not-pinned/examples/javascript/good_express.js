const { expressjwt } = require('express-jwt');

app.use(expressjwt({ secret: process.env.SECRET, algorithms: ['HS256'] }));
