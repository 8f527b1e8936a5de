import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

class Keys {
    @Bean
    JwtDecoder decoder() {
        return NimbusJwtDecoder.withJwkSetUri("http://login.example.com/oauth2/jwks").build(); // finding: high
    }
}
