export function login(answer) {
  localStorage.setItem('access_token', answer.token); // finding: high
}
