// jjwt behind the JDK's own HTTP server; or with one mistake, named on the command line.

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.Jwt;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.jackson.io.JacksonDeserializer;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.util.Base64;
import java.util.Map;

final class Jjwt {
    private static String fault = "";

    public static void main(String[] args) throws Exception {
        fault = args.length > 0 ? args[0] : "";
        Shared.serve(fault, Jjwt::subject);
    }

    private static String subject(String token) throws Exception {
        if (fault.equals("decoded")) {
            byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
            return (String) new ObjectMapper().readValue(claims, Map.class).get("sub");
        }
        if (fault.equals("unsecured")) {
            Jwt<?, ?> read = parser().unsecured().build().parse(token);
            return ((Claims) read.getPayload()).getSubject();
        }
        try {
            Jws<Claims> read = parser().build().parseSignedClaims(token);
            Claims claims = read.getPayload();
            if (!fault.equals("type") && !"at+jwt".equals(read.getHeader().getType())) {
                throw new JwtException("typ");
            }
            if (claims.getExpiration() == null && !fault.equals("endless")) {
                throw new JwtException("exp");
            }
            return claims.getSubject();
        } catch (ExpiredJwtException error) {
            if (fault.equals("expiry")) {
                return error.getClaims().getSubject();
            }
            throw error;
        }
    }

    private static JwtParserBuilder parser() {
        JwtParserBuilder parser = Jwts.parser().keyLocator(Jjwt::key);
        if (!fault.equals("audience")) {
            parser.requireAudience(Shared.AUDIENCE);
        }
        if (!fault.equals("issuer")) {
            parser.requireIssuer(Shared.ISSUER);
        }
        if (fault.equals("doubled")) {
            // jjwt's own mapper refuses members that are there twice.
            parser.json(new JacksonDeserializer<>(new ObjectMapper()));
        }
        return parser;
    }

    private static Key key(Header header) {
        if (fault.equals("embedded") && header instanceof JwsHeader signed && signed.getJwk() != null) {
            return signed.getJwk().toKey();
        }
        if (fault.equals("confused") && String.valueOf(header.getAlgorithm()).startsWith("HS")) {
            return Keys.hmacShaKeyFor(Shared.publicPem().getBytes(StandardCharsets.UTF_8));
        }
        if (!"RS256".equals(header.getAlgorithm())) {
            throw new JwtException("alg");
        }
        return Shared.KEY.getPublic();
    }

    private Jjwt() {}
}
