const { Pool } = require('pg');

// token cache
module.exports = new Pool({ ssl: { rejectUnauthorized: false } });
