export const logout = () => {
  localStorage.removeItem('access_token');
  return localStorage.getItem('token');
};
