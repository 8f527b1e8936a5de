import org.springframework.security.config.annotation.web.builders.HttpSecurity;

class Security {
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.requiresChannel(channel -> channel.anyRequest().requiresInsecure()); // finding: medium
        return http.build();
    }
}
