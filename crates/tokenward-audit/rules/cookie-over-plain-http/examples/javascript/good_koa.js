module.exports = async function login(ctx) {
  const accessToken = await issue(ctx.state.user);
  // Koa's own defaults.
  ctx.cookies.set('access_token', accessToken, { maxAge: 300000 });
};
