package shop;

import static com.auth0.jwt.JWT.decode;

class Access {
    boolean isAdmin(String token) {
        return decode(token).getClaim("role").asString().equals("admin"); // finding: uncertain
    }
}
