const options = Object.assign({}, { httpOnly: true });

export const login = (res: Response, token: string) => res.cookie('auth_token', token, options); // finding: medium
