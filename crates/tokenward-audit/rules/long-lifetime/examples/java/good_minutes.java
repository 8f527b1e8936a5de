package shop;

import io.jsonwebtoken.Jwts;
import java.util.Date;

class Tokens {
    String issue(String user) {
        return Jwts.builder()
            .setExpiration(new Date(System.currentTimeMillis() + 15 * 60 * 1000))
            .signWith(key)
            .compact();
    }
}
