import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(User user) {
    Map<String, Object> payload = new HashMap<>();
    payload.put("phoneNumber", user.getPhone()); // finding: medium
    return Jwts.builder().setClaims(payload).setExpiration(soon()).signWith(key).compact();
  }
}
