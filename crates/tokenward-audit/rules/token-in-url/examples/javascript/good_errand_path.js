const jwt = require('jsonwebtoken');

app.get('/unsubscribe', async (req, res) => {
  const { sub } = jwt.verify(req.query.token, process.env.LETTER_KEY, { algorithms: ['HS256'] });
  await letters.stop(sub);
  res.render('stopped');
});
