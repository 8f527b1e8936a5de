package shop;

import io.jsonwebtoken.Jwts;
import java.util.Date;

class Tokens {
    String issue(String user) {
        return Jwts.builder()
            .setSubject(user)
            .setExpiration(new Date(System.currentTimeMillis() + 1000 * 60 * 60 * 24 * 30L)) // finding: high
            .signWith(key)
            .compact();
    }
}
