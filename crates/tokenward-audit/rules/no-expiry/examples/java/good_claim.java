package shop;

import io.jsonwebtoken.Jwts;

class Tokens {
    String issue(String user) {
        return Jwts.builder().subject(user).claim("exp", soon()).signWith(key).compact();
    }
}
