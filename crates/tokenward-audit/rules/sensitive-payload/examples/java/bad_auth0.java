import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

class Issuer {
  String issue(User user, Algorithm algorithm) {
    return JWT.create()
        .withSubject(user.id())
        .withClaim("apiKey", user.apiKey()) // finding: high
        .withExpiresAt(soon())
        .sign(algorithm);
  }
}
