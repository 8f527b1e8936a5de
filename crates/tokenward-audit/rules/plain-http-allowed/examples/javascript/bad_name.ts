import helmet from 'helmet';

app.use(
  helmet({
    contentSecurityPolicy: policy,
    strictTransportSecurity: false, // finding: low
  }),
);
