const { decode } = require('jsonwebtoken');

exports.handler = async (event) => {
  const { email, role } = decode(event.headers.Authorization); // finding: high
  return lookUp(email, role);
};
