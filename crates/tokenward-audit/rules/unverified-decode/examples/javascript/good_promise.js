const jwt = require('jsonwebtoken');

const decode = (token, options = {}) =>
  new Promise((resolve) => {
    const payload = jwt.decode(token, options);
    resolve(payload);
  });

module.exports = { decode };
