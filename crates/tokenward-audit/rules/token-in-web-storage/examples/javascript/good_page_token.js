export function next(page) {
  sessionStorage.setItem('nextPageToken', page.next);
  sessionStorage.setItem('resetToken', page.token);
}
