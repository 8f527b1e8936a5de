module.exports = {
  jwt: {
    tokenSecret: process.env.TOKEN_SECRET || 'PUT_SOMETHING_HERE', // finding: high
  },
};
