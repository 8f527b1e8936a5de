import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(Client client) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("api_key_id", client.keyId());
    return Jwts.builder().claims(claims).expiration(soon()).signWith(key).compact();
  }
}
