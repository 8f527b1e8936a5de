package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

class Tokens {
    enum Compression { NONE, GZIP }

    String issue(String user, Algorithm algorithm) {
        Compression compression = Compression.NONE;
        return JWT.create().withSubject(user).sign(algorithm);
    }
}
