const FLAGS = process.env.COOKIE_FLAGS;

exports.login = (res, token) => {
  res.setHeader('Set-Cookie', `token=${token}; Path=/; HttpOnly; Secure`);
  res.setHeader('Set-Cookie', [`refresh_token=${token}; httponly; secure`, `theme=${res.theme}; Path=/`]);
  res.setHeader('Set-Cookie', `token=${token}; Path=/; ${FLAGS}`);
};
exports.logout = (res, token) => {
  res.setHeader('Set-Cookie', `token=${token}; Path=/; Max-Age=0`);
  res.setHeader('Set-Cookie', 'token=deleted; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
};
