const { expressjwt } = require('express-jwt');

app.use('/reports', expressjwt({
  secret: process.env.KEY,
  algorithms: ['HS256'],
  getToken: (req) => req.query.token, // finding: medium
}));
