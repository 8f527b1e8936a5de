export const logout = () => {
  document.cookie = 'token=; Max-Age=0; path=/';
  // localStorage.setItem('token', token);
};
