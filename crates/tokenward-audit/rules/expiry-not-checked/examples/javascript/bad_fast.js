const { createVerifier } = require('fast-jwt');

const verify = createVerifier({ key: publicKey, algorithms: ['ES256'], ignoreExpiration: true }); // finding: high

module.exports = (token) => verify(token);
