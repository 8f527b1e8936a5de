import Cookies from 'universal-cookie';

const cookies = new Cookies();

export const keep = (token) => {
  cookies.set('access_token', token, { path: '/' }); // finding: high
};
