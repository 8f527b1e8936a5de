import org.springframework.security.config.annotation.web.builders.HttpSecurity;

class Security {
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.headers(headers -> headers.httpStrictTransportSecurity(hsts -> hsts.maxAgeInSeconds(0))); // finding: low
        return http.build();
    }
}
