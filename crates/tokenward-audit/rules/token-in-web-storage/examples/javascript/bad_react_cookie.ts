import { Cookies } from 'react-cookie';

const cookies = new Cookies();

export const keep = (token: string) => cookies.set('refresh_token', token); // finding: high
