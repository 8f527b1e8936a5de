const jwt = require('jsonwebtoken');

function login(user, done) {
  jwt.sign({ sub: user.id }, KEY, { expiresIn: '5m' }, (error, token) => {
    console.info({ token }); // finding: high
    done(error, token);
  });
}
