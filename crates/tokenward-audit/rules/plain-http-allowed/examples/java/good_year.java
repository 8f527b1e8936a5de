import org.springframework.security.config.annotation.web.builders.HttpSecurity;

class Security {
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.headers(headers -> headers
            .httpStrictTransportSecurity(hsts -> hsts.maxAgeInSeconds(31536000)));
        return http.build();
    }
}
