const jwt = require('jsonwebtoken');

app.get('/welcome', async (req, res) => {
  const { sub } = jwt.verify(req.query.token, process.env.MAIL_SECRET, { algorithms: ['HS256'] });
  await users.isReachable(sub);
  res.redirect('/');
});
