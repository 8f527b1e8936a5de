import { ExtractJwt, Strategy } from 'passport-jwt';

const strategy = new Strategy({ // finding: high
  jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
  secretOrKey: key,
  ignoreExpiration: true,
}, check);
