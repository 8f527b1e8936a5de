import org.springframework.security.config.annotation.web.builders.HttpSecurity;

class Security {
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.headers().httpStrictTransportSecurity().disable(); // finding: low
        return http.build();
    }
}
