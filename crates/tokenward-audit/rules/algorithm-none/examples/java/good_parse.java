package shop;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(String token, byte[] key) {
        return Jwts.parser().setSigningKey(key).parseClaimsJws(token).getBody();
    }
}
