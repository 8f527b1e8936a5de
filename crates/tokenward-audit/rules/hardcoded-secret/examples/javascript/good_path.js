const _ = require('lodash');
const jwt = require('jsonwebtoken');

exports.read = (token, config) => jwt.verify(token, _.get(config, 'jwt.tokenSecret'));
