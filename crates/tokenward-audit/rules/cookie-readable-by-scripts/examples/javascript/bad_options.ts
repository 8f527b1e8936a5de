const options = { secure: true, sameSite: 'lax' as const };

export const login = (res: Response, token: string) => res.cookie('authToken', token, options); // finding: high
