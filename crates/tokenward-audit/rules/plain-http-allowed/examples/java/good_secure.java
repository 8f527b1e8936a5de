import org.springframework.security.config.annotation.web.builders.HttpSecurity;

class Security {
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.requiresChannel(channel -> channel.anyRequest().requiresSecure());
        return http.build();
    }
}
