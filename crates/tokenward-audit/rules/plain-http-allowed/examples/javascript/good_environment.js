import helmet from 'helmet';

app.use(helmet({ hsts: process.env.NODE_ENV === 'production' }));
