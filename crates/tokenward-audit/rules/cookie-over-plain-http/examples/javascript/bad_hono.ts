import { Hono } from 'hono';
import { setCookie } from 'hono/cookie';

const app = new Hono();
app.post('/login', async (c) => {
  const token = await issue(await c.req.json());
  setCookie(c, 'token', token, { httpOnly: true, sameSite: 'Strict' }); // finding
  return c.body(null, 204);
});
