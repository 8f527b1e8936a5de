const { Strategy, ExtractJwt } = require('passport-jwt');

const options = { jwtFromRequest: ExtractJwt.fromUrlQueryParameter('token'), secretOrKey: key }; // finding: medium
passport.use(new Strategy(options, check));
