package shop;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;

class Tokens {
    String issue(JWTClaimsSet claims) {
        return new PlainJWT(claims).serialize(); // finding: high
    }
}
