const Koa = require('koa');

async function login(ctx) {
  const accessToken = await issue(ctx.state.user);
  ctx.cookies.set('access_token', accessToken, { secure: false }); // finding
  ctx.status = 204;
}
module.exports = { login };
