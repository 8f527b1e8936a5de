package shop;

import com.nimbusds.jwt.*;

class Users {
    User authenticate(String token) throws Exception {
        JWT jwt = JWTParser.parse(token); // finding
        return new User(jwt.getJWTClaimsSet().getSubject());
    }
}
