const { createVerifier } = require('fast-jwt');

const verify = createVerifier({ key: publicKey, algorithms: ['ES256'] });

module.exports = (token) => verify(token);
