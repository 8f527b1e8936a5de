package shop;

import io.jsonwebtoken.Jwts;
import java.util.Map;

class Tokens {
    String issue(Map<String, Object> claims) {
        return Jwts.builder().setClaims(claims).signWith(key).compact();
    }
}
