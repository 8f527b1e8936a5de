const { decode: open } = require('jwt-simple');

module.exports = (req) => open(req.token, config.secret); // finding: uncertain
