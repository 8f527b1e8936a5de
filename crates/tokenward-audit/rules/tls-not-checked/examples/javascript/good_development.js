import { createRemoteJWKSet } from 'jose';

if (process.env.NODE_ENV === 'development') {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
}

export const keys = createRemoteJWKSet(new URL('https://auth.example/jwks'));
