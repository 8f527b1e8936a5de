// A list of the cookies that a crawler has seen, in no browser.
export function remember(jar, token) {
  jar.cookies.set('token', token);
}
