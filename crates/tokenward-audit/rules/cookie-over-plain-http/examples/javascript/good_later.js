exports.login = (res, token) => {
  const options = { httpOnly: true };
  if (production) options.secure = isProduction;
  res.cookie('token', token, options);
};
