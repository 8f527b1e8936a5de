exports.login = (res, token) => {
  const options = { maxAge: 300000 };
  options.httpOnly = true;
  res.cookie('token', token, options);
};
