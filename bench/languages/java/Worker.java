// nimbus-jose-jwt verifies as it is told (the protocol: bench/peers/harness/src/serve.rs).

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

public final class Worker {
    // That of the whole process comes in steps of 10 ms.
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
    private static final String ISSUER = "https://auth.example.com";
    private static final String AUDIENCE = "orders-api";
    private static final String KEY_ID = "2026-11-a";

    private interface Verification {
        Object verify() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        String version = args[1];
        List<Verification> contenders = new ArrayList<>();
        // Ed25519 needs a second library there.
        for (String algorithm : List.of("HS256", "RS256", "PS256", "ES256")) {
            contenders.add(contender(dir, algorithm));
            System.out.println(algorithm + "\tverify\tnimbus-jose-jwt\t" + version + "\tJava " + System.getProperty("java.version"));
        }
        System.out.println("ready");

        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(round(contenders, line.split(" ")));
        }
    }

    private static String round(List<Verification> contenders, String[] words) throws Exception {
        long[] took = new long[words.length - 1];
        for (int repeat = Integer.parseInt(words[0]); repeat > 0; repeat--) {
            for (int place = 0; place < took.length; place++) {
                String[] batch = words[place + 1].split(":");
                Verification contender = contenders.get(Integer.parseInt(batch[0]));
                long count = Long.parseLong(batch[1]);
                long start = THREAD.getCurrentThreadCpuTime();
                for (long i = 0; i < count; i++) {
                    contender.verify();
                }
                took[place] += THREAD.getCurrentThreadCpuTime() - start;
            }
        }
        var answer = new StringJoiner(" ");
        for (long nanos : took) {
            answer.add(Long.toString(nanos));
        }
        return answer.toString();
    }

    private static Verification contender(Path dir, String algorithm) throws Exception {
        String token = Files.readString(dir.resolve(algorithm + ".jwt"));
        var keys = new ImmutableJWKSet<SecurityContext>(new JWKSet(key(dir, algorithm)));
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(JWSAlgorithm.parse(algorithm), keys));
        processor.setJWTClaimsSetVerifier(
                new DefaultJWTClaimsVerifier<>(
                        AUDIENCE,
                        new JWTClaimsSet.Builder().issuer(ISSUER).build(),
                        Set.of("sub", "exp")));
        return () -> processor.process(token, null);
    }

    private static JWK key(Path dir, String algorithm) throws Exception {
        byte[] bytes = Files.readAllBytes(dir.resolve(algorithm + ".public"));
        if (algorithm.equals("HS256")) {
            return new OctetSequenceKey.Builder(bytes).keyID(KEY_ID).build();
        }
        var spec = new X509EncodedKeySpec(bytes);
        if (algorithm.equals("ES256")) {
            var key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
            return new ECKey.Builder(Curve.P_256, key).keyID(KEY_ID).build();
        }
        var key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec);
        return new RSAKey.Builder(key).keyID(KEY_ID).build();
    }
}
