import { ExtractJwt, Strategy } from 'passport-jwt';

new Strategy({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: key }, check);
