package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;

class Verifier {
    String user(String token, Algorithm algorithm) {
        DecodedJWT peek = JWT.decode(token);
        DecodedJWT jwt = JWT.require(algorithm).withIssuer(peek.getIssuer()).build().verify(token);
        return jwt.getSubject();
    }
}
