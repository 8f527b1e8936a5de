export const login = (res: Response, token: string) =>
  res.cookie('token', token, { httpOnly: true, secure: process.env.NODE_ENV === 'production' });
