const https = require('https');
const axios = require('axios');

module.exports = (options) => {
  const settings = { headers: { Authorization: `Bearer ${options.token}` } };
  options.rejectUnauthorized || (settings.httpsAgent = new https.Agent({ rejectUnauthorized: !1 }));
  options.insecure && (settings.httpsAgent = new https.Agent({ rejectUnauthorized: false }));
  return axios.create(settings);
};
