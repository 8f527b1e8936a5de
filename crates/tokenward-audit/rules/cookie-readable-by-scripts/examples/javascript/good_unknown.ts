export const login = (res: Response, token: string) => res.cookie('token', token, cookieOptions());
