import { createRemoteJWKSet } from 'jose'
import jwksClient from 'jwks-rsa'

export const here = createRemoteJWKSet(new URL('http://127.0.0.1:4000/jwks'))
export const cluster = createRemoteJWKSet(new URL('http://login.shop.svc/jwks'))
export const other = jwksClient({ jwksUri: 'http://keycloak:8080/realms/shop/certs' })
export const chosen = jwksClient({ jwksUri: process.env.JWKS_URI })
export const office = jwksClient({ jwksUri: 'http://sso.corp/jwks' })
export const numbers = jwksClient({ jwksUri: 'http://10.0.0.8:8080/jwks' })
export const by = (host) => jwksClient({ jwksUri: `http://${host}/jwks` })
export const metadata = {
  issuer: 'http://login.example.com',
  jwks_uri: 'http://login.example.com/jwks',
  response_types_supported: ['code']
}
