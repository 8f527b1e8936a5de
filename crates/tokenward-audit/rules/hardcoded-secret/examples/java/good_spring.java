import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

class Security {
  JwtDecoder decoder() {
    var key = new SecretKeySpec(System.getenv("BILLING_JWT_KEY").getBytes(), "HmacSHA256");
    return NimbusJwtDecoder.withSecretKey(key).build();
  }
}
