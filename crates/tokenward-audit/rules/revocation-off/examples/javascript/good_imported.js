import { expressjwt } from 'express-jwt';
import { isRevoked } from './ended.js';

app.use(expressjwt({ secret: key, algorithms: ['RS256'], isRevoked }));
