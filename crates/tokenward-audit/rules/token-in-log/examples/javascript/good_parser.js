const jwt = require('jsonwebtoken');

function read(source) {
  for (const part of lex(source)) console.log(part, mask(jwt));
}
