import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(User user, Map<String, String> form) {
    form.put("password", "");
    return Jwts.builder().subject(user.getId()).expiration(soon()).signWith(key).compact();
  }
}
