package shop;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.io.Decoders;
import io.jsonwebtoken.security.Keys;

class Tokens {
    private static final String KEY = "NDA0RTYzNTI2NjU1NkE1ODZFMzI3MjM1NzUzODc4MkY="; // finding: high

    Object read(String token) {
        byte[] bytes = Decoders.BASE64.decode(KEY);
        return Jwts.parserBuilder().setSigningKey(Keys.hmacShaKeyFor(bytes)).build().parseClaimsJws(token);
    }
}
