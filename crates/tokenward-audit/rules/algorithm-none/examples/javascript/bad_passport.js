const { Strategy: JwtStrategy } = require('passport-jwt');

const options = { secretOrKey: process.env.KEY };
options.algorithms = ['none'];

passport.use(new JwtStrategy(options, check)); // finding: medium
