export function leave() {
  localStorage.accessToken = '';
  localStorage['accessToken'] = '';
  sessionStorage.refreshToken = null;
  localStorage.setItem('accessToken', '');
}
