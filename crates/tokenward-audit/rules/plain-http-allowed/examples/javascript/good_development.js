import helmet from 'helmet';

if (process.env.NODE_ENV === 'development') {
  app.use(helmet({ hsts: false }));
} else {
  app.use(helmet());
}
