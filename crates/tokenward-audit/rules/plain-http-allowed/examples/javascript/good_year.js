import helmet from 'helmet';

app.use(helmet({ hsts: { maxAge: 31536000, includeSubDomains: true } }));
