package shop;

import io.jsonwebtoken.*;

class Tokens {
    Claims read(String token) {
        return Jwts.parser().unsecured().build().parseUnsecuredClaims(token).getPayload(); // finding: critical
    }
}
