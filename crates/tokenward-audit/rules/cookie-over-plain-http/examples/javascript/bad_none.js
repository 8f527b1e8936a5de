exports.login = (res, token) => {
  res.cookie('refresh_token', token); // finding: medium
};
