package shop;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.SignedJWT;

class Checked {
    String user(String token, JWSVerifier verifier) throws Exception {
        SignedJWT jwt = SignedJWT.parse(token);
        if (!jwt.verify(verifier)) {
            throw new SecurityException();
        }
        return jwt.getJWTClaimsSet().getSubject();
    }
}
