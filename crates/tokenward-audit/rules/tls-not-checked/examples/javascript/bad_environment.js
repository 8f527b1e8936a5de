import { createRemoteJWKSet } from 'jose';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // finding: high

export const keys = createRemoteJWKSet(new URL('https://auth.example/jwks'));
