module.exports = async function handler(req, res) {
  const token = await issue(req.body);
  res.setHeader('Set-Cookie', `token=${token}; Path=/; Secure; SameSite=Lax; Max-Age=${60 * 15}`); // finding: high
  res.status(204).end();
};
