package shop;

import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.http.HttpServletRequest;

class Roles {
    Object roles(HttpServletRequest request) throws Exception {
        String raw = request.getHeader("X-Token");
        SignedJWT token = SignedJWT.parse(raw); // finding: high
        return token.getJWTClaimsSet().getClaim("roles");
    }
}
