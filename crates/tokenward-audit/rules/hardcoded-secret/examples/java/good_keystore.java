package shop;

import io.jsonwebtoken.Jwts;
import java.security.KeyStore;

class Tokens {
    Object read(String token, KeyStore store) throws Exception {
        return Jwts.parser().verifyWith(store.getCertificate("jwt").getPublicKey()).build().parseSignedClaims(token);
    }
}
