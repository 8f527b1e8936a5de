package shop;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(String token, byte[] key) {
        return (Claims) Jwts.parser().setSigningKey(key).parse(token).getBody(); // finding: high
    }
}
