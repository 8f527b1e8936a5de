const helmet = require('helmet');
const report = require('./report');

app.use(helmet());
report({ hsts: false });
