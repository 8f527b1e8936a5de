package shop;

import io.jsonwebtoken.Jwts;
import java.util.Date;

class Tokens {
    static final long VALIDITY = 5 * 60 * 60;

    String issue(String user) {
        return Jwts.builder()
            .setExpiration(new Date(System.currentTimeMillis() + VALIDITY * 1000)) // finding: medium
            .signWith(key)
            .compact();
    }
}
