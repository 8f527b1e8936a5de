// jwt
exports.isStale = (req) => {
  const token = req.cookies.token;
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64'));
  return exp * 1000 < Date.now();
};
