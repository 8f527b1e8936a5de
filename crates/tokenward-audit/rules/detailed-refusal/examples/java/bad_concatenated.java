package shop;

import com.auth0.jwt.JWTVerifier;

class Filter {
    private final JWTVerifier verifier;

    void filter(Response response, String token) {
        try {
            verifier.verify(token);
        } catch (Exception e) {
            response.getWriter().write("invalid token: " + e.getMessage()); // finding: medium
        }
    }
}
