import koaJwt from 'koa-jwt';

app.use(koaJwt({
  secret: key,
  isRevoked: async (ctx, decoded, token) => { // finding: medium
    return false;
  },
}));
