const jwt = require('jsonwebtoken');

module.exports = async (req, res) => {
  try {
    const claims = jwt.verify(req.cookies.guest, key, { algorithms: ['RS256'] });
    res.json(await shop.order(claims.sub, req.params.id));
  } catch (error) {
    if (error instanceof ShopError) {
      return res.status(403).json({ error: error.message });
    }
    res.status(401).json({ error: 'invalid_token' });
  }
};
