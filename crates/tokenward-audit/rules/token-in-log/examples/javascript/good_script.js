import jwt from 'jsonwebtoken';

const token = jwt.sign({ sub: 'ci' }, process.env.KEY, { expiresIn: '5m' });
console.log(token);
