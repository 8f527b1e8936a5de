package shop;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.SignatureAlgorithm;

class Tokens {
    private static final String SECRET = "myVerySecretKey"; // finding: high

    String issue(String user) {
        return Jwts.builder().setSubject(user).signWith(SignatureAlgorithm.HS512, SECRET).compact();
    }
}
