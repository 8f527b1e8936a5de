export const login = (res: Response, token: string) =>
  res.cookie('accessToken', token, { httpOnly: true, secure: false }); // finding: medium
