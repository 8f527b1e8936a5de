package shop;

import io.jsonwebtoken.SignatureAlgorithm;
import io.jsonwebtoken.security.Keys;
import java.security.Key;

class Tokens {
    private final Key key = Keys.secretKeyFor(SignatureAlgorithm.HS256);
}
