exports.logout = (res) => {
  res.cookie('token', '', { maxAge: 0 });
  res.cookie('jwt', 'loggedout', { expires: new Date(0) });
};
