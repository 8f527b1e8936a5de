const { jwtDecode } = require('jwt-decode');
const debug = require('debug')('shop:csrf');

module.exports = (req, res, next) => {
  if (req.cookies.login !== undefined && !req.cookies.csrf) {
    debug('no csrf token yet', { login: jwtDecode(req.cookies.login) });
  }
  next();
};
