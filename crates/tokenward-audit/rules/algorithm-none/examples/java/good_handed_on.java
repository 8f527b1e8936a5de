package shop;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;

class Tokens {
    String issue(String user) {
        JwtBuilder builder = Jwts.builder().setSubject(user);
        keys.sign(builder);
        return builder.compact();
    }
}
