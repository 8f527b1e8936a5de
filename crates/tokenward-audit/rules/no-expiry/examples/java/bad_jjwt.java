package shop;

import io.jsonwebtoken.Jwts;
import java.util.Date;

class Tokens {
    String issue(String user) {
        return Jwts.builder().setSubject(user).setIssuedAt(new Date()).signWith(key).compact(); // finding: high
    }
}
