import { expressjwt } from 'express-jwt';

app.use(expressjwt({ secret: key, algorithms: ['RS256'] }));
