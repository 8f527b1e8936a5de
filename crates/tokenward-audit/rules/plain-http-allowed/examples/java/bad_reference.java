import org.springframework.security.config.annotation.web.builders.HttpSecurity;

class Security {
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.headers(headers -> headers
            .frameOptions(frame -> frame.deny())
            .httpStrictTransportSecurity(HeadersConfigurer.HstsConfig::disable)); // finding: low
        return http.build();
    }
}
