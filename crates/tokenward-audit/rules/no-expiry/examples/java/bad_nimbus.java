package shop;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

class Tokens {
    SignedJWT issue(JWSHeader header, String user) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder().subject(user).issuer("shop").build();
        return new SignedJWT(header, claims); // finding: high
    }
}
