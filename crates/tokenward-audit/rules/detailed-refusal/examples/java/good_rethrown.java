package shop;

import io.jsonwebtoken.Jwts;

class Service {
    Object claims(String token) {
        try {
            return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
        } catch (Exception e) {
            throw new BadCredentialsException("invalid token", e);
        }
    }
}
