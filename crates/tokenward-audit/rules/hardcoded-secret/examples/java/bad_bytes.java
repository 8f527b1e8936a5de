package shop;

import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.security.Key;

class Tokens {
    private final Key key = Keys.hmacShaKeyFor("a text of thirty-two bytes or so".getBytes(StandardCharsets.UTF_8)); // finding: high
}
