const TOKEN_KEY = 'shell_session_token';

socket.on('started', (data) => {
  // Which terminal it is; the socket has asked for the cookie before.
  if (data.token) localStorage.setItem(TOKEN_KEY, data.token); // finding: uncertain
});
