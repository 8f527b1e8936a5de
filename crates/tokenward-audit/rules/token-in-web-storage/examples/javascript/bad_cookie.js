export const keep = (token) => {
  document.cookie = 'token=' + token + '; path=/'; // finding: medium
  document.cookie = `refresh_token=${token}; path=/`; // finding: high
};
