exports.keyOf = async (req) => {
  const token = req.headers.authorization.split(' ')[1];
  const header = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
  return keys.get(header.kid);
};
