const { program } = require('commander');
const jwt = require('jsonwebtoken');

program.command('issue <user>').action((user) => {
  const token = jwt.sign({ sub: user }, KEY, { expiresIn: '5m' });
  console.log(token);
});
