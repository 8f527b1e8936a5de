import { createRemoteJWKSet } from 'jose'
import jwksClient from 'jwks-rsa'

export const here = createRemoteJWKSet(new URL('http://127.0.0.1:4000/jwks'))
export const cluster = createRemoteJWKSet(new URL('http://login.shop.svc/jwks'))
export const other = jwksClient({ jwksUri: 'http://keycloak:8080/realms/shop/certs' })
export const chosen = jwksClient({ jwksUri: process.env.JWKS_URI })
