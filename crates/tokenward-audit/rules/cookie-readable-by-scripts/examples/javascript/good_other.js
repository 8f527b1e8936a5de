exports.language = (res, jar) => {
  res.cookie('language', 'en');
  jar.cookie('token');
};
