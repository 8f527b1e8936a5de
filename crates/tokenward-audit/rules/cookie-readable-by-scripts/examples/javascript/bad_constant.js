const NAME = 'refreshToken';

export const login = (response, token) => {
  response.cookie(NAME, token, { secure: true, maxAge: 300000 }); // finding: high
};
