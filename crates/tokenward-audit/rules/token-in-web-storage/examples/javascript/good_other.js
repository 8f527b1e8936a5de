export const keep = (email, theme) => {
  localStorage.setItem('email', email);
  localStorage.setItem('theme', theme);
};
