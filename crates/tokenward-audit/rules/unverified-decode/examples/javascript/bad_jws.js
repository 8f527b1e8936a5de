const jws = require('jws');
const express = require('express');

const app = express();

app.get('/orders', async (req, res) => {
  const decoded = jws.decode(req.headers.authorization.split(' ')[1]); // finding
  req.user = await User.findById(decoded.payload.sub);
  res.json(await req.user.orders());
});
