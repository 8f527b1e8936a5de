import { expressjwt } from 'express-jwt';

const options = { secret: key, credentialsRequired: true };
app.use(expressjwt(options)); // finding: uncertain
