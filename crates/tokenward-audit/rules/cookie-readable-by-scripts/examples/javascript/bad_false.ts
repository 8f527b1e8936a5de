export const login = (res: Response, token: string) =>
  res.status(200).cookie('access_token', token, { httpOnly: false, secure: true }); // finding: high
