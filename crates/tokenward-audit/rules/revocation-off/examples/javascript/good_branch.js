import koaJwt from 'koa-jwt';

app.use(koaJwt({
  secret: key,
  isRevoked: async (ctx, decoded) => {
    if (ended.includes(decoded.jti)) return true;
    return false;
  },
}));
