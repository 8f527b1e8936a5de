const jwt = require('jsonwebtoken');

exports.renew = async (req) => {
  const token = req.headers.authorization;
  let session;
  try {
    session = await cache.lookUp(req.ip);
  } catch (expired) {
    session = jwt.decode(token); // finding: high
  }
  return sessions.renew(session.sub);
};
