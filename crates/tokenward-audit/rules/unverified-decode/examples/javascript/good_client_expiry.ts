import { jwtDecode } from 'jwt-decode';

export function isExpired(): boolean {
  const token = localStorage.getItem('access_token');
  if (!token) return true;
  return jwtDecode(token).exp! * 1000 < Date.now();
}
