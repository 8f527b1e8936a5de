export function keep(session) {
  localStorage.setItem('shop.auth.token.origin', session.apiOrigin);
  localStorage.setItem('access_token_until', session.expiresAt);
}
