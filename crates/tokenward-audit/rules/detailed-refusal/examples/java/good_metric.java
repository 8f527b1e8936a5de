package shop;

import com.auth0.jwt.JWTVerifier;

class Filter {
    private final JWTVerifier verifier;

    boolean passes(String token) {
        try {
            verifier.verify(token);
            return true;
        } catch (Exception e) {
            metrics.counter("refused", e.getClass().getSimpleName()).increment();
            return false;
        }
    }
}
