export const keep = (token: string) => {
  localStorage.setItem('csrfToken', token);
  localStorage.setItem('fcm_token', token);
};
