package shop;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import java.security.PrivateKey;

class Tokens {
    String issue(String user, PrivateKey key) {
        JwtBuilder builder = Jwts.builder().setSubject(user);
        builder.signWith(key);
        return builder.compact();
    }
}
