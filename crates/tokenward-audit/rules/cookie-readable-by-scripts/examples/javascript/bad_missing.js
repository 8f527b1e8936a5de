app.post('/login', (req, res) => {
  res.cookie('token', issue(req.user)); // finding: high
  res.end();
});
