import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.oauth2.jwt.*;

class Security {
  JwtDecoder decoder() {
    return NimbusJwtDecoder.withSecretKey(
        new SecretKeySpec("thirty-two-letters-in-the-source".getBytes(), "HmacSHA256")).build(); // finding: high
  }
}
