const { expressjwt } = require('express-jwt');

app.use('/reports', expressjwt({
  secret: process.env.KEY,
  algorithms: ['HS256'],
  getToken: (req) => {
    const [scheme, token] = (req.headers.authorization || '').split(' ');
    if (scheme === 'Bearer') return token;
    return req.query.token;
  },
}));
