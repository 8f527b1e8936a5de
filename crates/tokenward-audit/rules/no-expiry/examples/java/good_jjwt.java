package shop;

import io.jsonwebtoken.Jwts;

class Tokens {
    String issue(String user) {
        return Jwts.builder().setSubject(user).setExpiration(soon()).signWith(key).compact();
    }
}
