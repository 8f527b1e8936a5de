package shop;

import io.jsonwebtoken.Jwts;
import java.security.PrivateKey;

class Tokens {
    String issue(String user, PrivateKey key) {
        return Jwts.builder().setSubject(user).signWith(key).compact();
    }
}
