export const keep = (jwt) => {
  localStorage['jwt'] = jwt; // finding: high
};
