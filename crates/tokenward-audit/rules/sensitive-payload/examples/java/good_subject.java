import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(User user) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("role", user.getRole());
    claims.put("passwordChangedAt", user.getChanged());
    return Jwts.builder().setClaims(claims).setExpiration(soon()).signWith(key).compact();
  }
}
