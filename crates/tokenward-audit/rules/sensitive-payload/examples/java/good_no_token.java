import java.util.HashMap;
import java.util.Map;

class Import {
  Map<String, Object> row(User user) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("password", user.getPassword());
    return claims;
  }
}
