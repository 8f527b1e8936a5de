const localStorage = encrypted(indexedDb);

export const keep = (token) => localStorage.setItem('token', token);
