import { expressjwt } from 'express-jwt';

app.use(expressjwt({
  secret: key,
  algorithms: ['RS256'],
  isRevoked: async (req, token) => ended.has(token.payload.jti),
}));
