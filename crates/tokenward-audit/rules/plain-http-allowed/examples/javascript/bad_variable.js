const helmet = require('helmet');

const options = { noSniff: true, hsts: false }; // finding: low
app.use(helmet(options));
