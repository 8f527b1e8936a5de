import jwt from 'jsonwebtoken';

export function guard(req, reply) {
  try {
    return jwt.verify(req.token, key);
  } catch (e) {
    reply.code(401).send({ error: e.stack }); // finding: medium
  }
}
