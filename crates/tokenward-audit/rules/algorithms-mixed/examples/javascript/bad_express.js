const { expressjwt: guard } = require('express-jwt');

app.use(guard({ secret: keyOf, algorithms: ['ES256', 'HS256'] })); // finding: medium
