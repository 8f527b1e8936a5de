import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(User user) {
    return Jwts.builder().claim("passwordRequired", true).claim("email", user.getEmail())
        .expiration(soon()).signWith(key).compact();
  }
}
