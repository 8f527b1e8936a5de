const TOKEN_KEY = 'authToken';

export const save = (value: string) => window.localStorage.setItem(TOKEN_KEY, value); // finding: high
