import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

class Keys {
    @Bean
    JwtDecoder decoder() {
        return NimbusJwtDecoder.withJwkSetUri("https://login.example.com/oauth2/jwks").build();
    }

    @Bean
    JwtDecoder inside() {
        return NimbusJwtDecoder.withJwkSetUri("http://keycloak:8080/realms/shop/protocol/openid-connect/certs").build();
    }
}
