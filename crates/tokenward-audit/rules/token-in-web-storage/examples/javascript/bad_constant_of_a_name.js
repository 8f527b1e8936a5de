const STORAGE = { TOKEN: 'shop-t', USER: 'shop-u' };

export function signedIn(token, user) {
  localStorage.setItem(STORAGE.TOKEN, token); // finding: medium
  localStorage.setItem(STORAGE.USER, JSON.stringify(user));
}
