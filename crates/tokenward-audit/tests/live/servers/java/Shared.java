// What the servers in Java share: a signing key, its key set, tokens, the service, and the line that a test reads.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.Executors;

final class Shared {
    static final String ISSUER = "https://issuer.example";
    static final String AUDIENCE = "https://api.example";

    static final KeyPair KEY = pair();
    private static final KeyPair STANDBY = pair();

    /** Says whose a token is, or throws. */
    interface Reader {
        String subject(String token) throws Exception;
    }

    /** The service on a reader; with the faults `detailed` and `trace` it tells too much of a refusal. */
    static void serve(String fault, Reader reader) throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(2));
        server.createContext("/.well-known/jwks.json", exchange -> answer(exchange, 200, keySet()));
        server.createContext("/me", exchange -> {
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            try {
                if (header == null || !header.startsWith("Bearer ")) {
                    throw new IllegalArgumentException("no token");
                }
                String subject = reader.subject(header.substring("Bearer ".length()));
                answer(exchange, 200, "{\"subject\":\"" + quoted(subject) + "\"}");
            } catch (Exception error) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                answer(exchange, 401, "{\"error\":\"" + quoted(said(fault, error)) + "\"}");
            }
        });
        server.start();
        ready(server.getAddress().getPort());
    }

    static String publicPem() {
        return pem("PUBLIC KEY", KEY.getPublic().getEncoded());
    }

    static String keySet() {
        return "{\"keys\":[" + jwk("one", KEY) + "," + jwk("two", STANDBY) + "]}";
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    private static String jwk(String kid, KeyPair pair) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"" + kid + "\",\"n\":\""
                + number(key.getModulus()) + "\",\"e\":\"" + number(key.getPublicExponent()) + "\"}";
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = bytes[0] == 0 ? 1 : 0;
        return b64(java.util.Arrays.copyOfRange(bytes, sign, bytes.length));
    }

    private static String b64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String pem(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }

    private static String token(String audience, long since) throws GeneralSecurityException {
        String claims = "{\"iss\":\"" + ISSUER + "\",\"aud\":\"" + audience + "\",\"sub\":\"u1\",\"jti\":\"id-"
                + since + "\",\"iat\":" + since + ",\"nbf\":" + since + ",\"exp\":" + (since + 300) + "}";
        String header = "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"one\"}";
        String input = b64(header.getBytes(StandardCharsets.UTF_8)) + "."
                + b64(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(KEY.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + b64(signature.sign());
    }

    private static String said(String fault, Exception error) {
        if (fault.equals("detailed")) {
            return String.valueOf(error.getMessage());
        }
        if (fault.equals("trace")) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            return trace.toString();
        }
        return "invalid token";
    }

    private static String quoted(String text) {
        return String.valueOf(text).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                .replace("\r", "\\r").replace("\t", "\\t");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Cache-Control", "private, max-age=300");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void ready(int port) throws GeneralSecurityException {
        String origin = "http://127.0.0.1:" + port;
        long now = Instant.now().getEpochSecond();
        String[] parts = {
            "url", origin + "/me", "origin", origin, "token", token(AUDIENCE, now),
            "expired", token(AUDIENCE, 1_600_000_000L),
            "other_audience", token("https://other.example", now),
            "signing_key", pem("PRIVATE KEY", KEY.getPrivate().getEncoded()),
        };
        StringBuilder line = new StringBuilder();
        for (int at = 0; at < parts.length; at += 2) {
            line.append(at == 0 ? "{" : ",").append('"').append(parts[at]).append("\":\"")
                    .append(quoted(parts[at + 1])).append('"');
        }
        System.out.println(line.append('}'));
    }

    private Shared() {}
}
