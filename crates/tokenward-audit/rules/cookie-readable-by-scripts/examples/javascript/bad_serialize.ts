import { serialize } from 'cookie';

export default async function login(req, res) {
  const jwt = await issue(req.body);
  res.setHeader('Set-Cookie', serialize('jwt', jwt, { path: '/', secure: true })); // finding: high
  res.end();
}
