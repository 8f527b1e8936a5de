const morgan = require('morgan');

app.use(morgan(':method :url :status :req[user-agent]'));
// app.use(morgan(':req[authorization]'));
