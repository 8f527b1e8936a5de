const { expressjwt } = require('express-jwt');

module.exports = (options) => expressjwt({ ...options, credentialsRequired: true });
