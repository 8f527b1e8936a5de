import jwt from 'jsonwebtoken';

const config = {
  port: 3000,
  jwt: { secret: 'keyboard cat' }, // finding: high
};

export const issue = (claims) => jwt.sign(claims, config.jwt.secret, { expiresIn: '5m' });
