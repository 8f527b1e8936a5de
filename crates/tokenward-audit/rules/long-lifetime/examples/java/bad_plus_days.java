package shop;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.TimeUnit;

class Tokens {
    SignedJWT issue(JWSHeader header) {
        var end = new Date(System.currentTimeMillis() + TimeUnit.DAYS.toMillis(10)); // finding: high
        var claims = new JWTClaimsSet.Builder().expirationTime(end).build();
        return new SignedJWT(header, claims);
    }
}
