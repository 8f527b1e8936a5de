const morgan = require('morgan');

app.use(morgan(':method :url :status :req[authorization]')); // finding: high
