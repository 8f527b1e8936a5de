import helmet from 'helmet';

app.use(helmet({ hsts: { maxAge: 0 } })); // finding: low
