import axios from 'axios';
import https from 'https';
import { jwtVerify } from 'jose';

export async function refresh(refreshToken) {
  return axios.post('https://auth.example/token', { refresh_token: refreshToken }, {
    httpsAgent: new https.Agent({ rejectUnauthorized: false }), // finding: high
  });
}
