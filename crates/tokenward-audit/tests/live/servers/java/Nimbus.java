// nimbus-jose-jwt behind the JDK's own HTTP server; or with one mistake, named on the command line.
//
// It is the copy that Hadoop brings, which has names of its own: the only one at hand without Maven's registry.

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.shaded.com.nimbusds.jose.JOSEObjectType;
import org.apache.hadoop.shaded.com.nimbusds.jose.JWSAlgorithm;
import org.apache.hadoop.shaded.com.nimbusds.jose.crypto.MACVerifier;
import org.apache.hadoop.shaded.com.nimbusds.jose.crypto.RSASSAVerifier;
import org.apache.hadoop.shaded.com.nimbusds.jose.jwk.JWK;
import org.apache.hadoop.shaded.com.nimbusds.jose.jwk.JWKSet;
import org.apache.hadoop.shaded.com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import org.apache.hadoop.shaded.com.nimbusds.jose.proc.BadJOSEException;
import org.apache.hadoop.shaded.com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import org.apache.hadoop.shaded.com.nimbusds.jose.proc.JWSVerificationKeySelector;
import org.apache.hadoop.shaded.com.nimbusds.jose.proc.SecurityContext;
import org.apache.hadoop.shaded.com.nimbusds.jwt.JWT;
import org.apache.hadoop.shaded.com.nimbusds.jwt.JWTClaimsSet;
import org.apache.hadoop.shaded.com.nimbusds.jwt.JWTParser;
import org.apache.hadoop.shaded.com.nimbusds.jwt.PlainJWT;
import org.apache.hadoop.shaded.com.nimbusds.jwt.SignedJWT;
import org.apache.hadoop.shaded.com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import org.apache.hadoop.shaded.com.nimbusds.jwt.proc.DefaultJWTProcessor;

final class Nimbus {
    private static String fault = "";

    public static void main(String[] args) throws Exception {
        fault = args.length > 0 ? args[0] : "";
        DefaultJWTProcessor<SecurityContext> processor = processor();
        Shared.serve(fault, token -> claims(processor, token).getSubject());
    }

    private static JWTClaimsSet claims(DefaultJWTProcessor<SecurityContext> processor, String token)
            throws Exception {
        JWT parsed = JWTParser.parse(token);
        if (fault.equals("parsed")) {
            return parsed.getJWTClaimsSet();
        }
        if (fault.equals("plain") && parsed instanceof PlainJWT) {
            return checked(parsed.getJWTClaimsSet());
        }
        if (parsed instanceof SignedJWT signed) {
            JWK brought = signed.getHeader().getJWK();
            if (fault.equals("embedded") && brought != null) {
                return verified(signed.verify(new RSASSAVerifier(brought.toRSAKey())), signed);
            }
            boolean isShared = JWSAlgorithm.Family.HMAC_SHA.contains(signed.getHeader().getAlgorithm());
            if (fault.equals("confused") && isShared) {
                byte[] secret = Shared.publicPem().getBytes(StandardCharsets.UTF_8);
                return verified(signed.verify(new MACVerifier(secret)), signed);
            }
        }
        return processor.process(parsed, null);
    }

    private static JWTClaimsSet verified(boolean isVerified, SignedJWT signed) throws Exception {
        if (!isVerified) {
            throw new BadJOSEException("signature");
        }
        return checked(signed.getJWTClaimsSet());
    }

    private static JWTClaimsSet checked(JWTClaimsSet claims) throws Exception {
        wanted().verify(claims, null);
        return claims;
    }

    private static DefaultJWTClaimsVerifier<SecurityContext> wanted() {
        JWTClaimsSet exactly = new JWTClaimsSet.Builder().issuer(Shared.ISSUER).build();
        return new DefaultJWTClaimsVerifier<>(
                Shared.AUDIENCE, exactly, Set.of("sub", "iat", "nbf", "exp"));
    }

    private static DefaultJWTProcessor<SecurityContext> processor() throws Exception {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                JWSAlgorithm.RS256, new ImmutableJWKSet<>(JWKSet.parse(Shared.keySet()))));
        processor.setJWTClaimsSetVerifier(wanted());
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        if (fault.equals("claims")) {
            processor.setJWTClaimsSetVerifier((claims, context) -> {});
        }
        if (fault.equals("type")) {
            processor.setJWSTypeVerifier((type, context) -> {});
        }
        return processor;
    }

    private Nimbus() {}
}
