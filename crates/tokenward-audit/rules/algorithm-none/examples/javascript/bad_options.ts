import { verify } from 'jsonwebtoken';

const options = { issuer: 'https://auth.example.com', algorithms: ['NONE'] };

export const read = (token: string) => verify(token, '', options); // finding: critical
