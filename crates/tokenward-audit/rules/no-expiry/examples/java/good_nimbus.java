package shop;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

class Tokens {
    SignedJWT issue(JWSHeader header, String user) {
        var claims = new JWTClaimsSet.Builder().subject(user).expirationTime(soon()).build();
        return new SignedJWT(header, claims);
    }

    SignedJWT wrap(JWSHeader header, JWTClaimsSet claims) {
        return new SignedJWT(header, claims);
    }
}
