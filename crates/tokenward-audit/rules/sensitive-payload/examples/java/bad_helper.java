import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(Customer customer) {
    Map<String, Object> extraClaims = new HashMap<>();
    extraClaims.put("role", customer.getRole());
    extraClaims.put("cardNumber", customer.getCard()); // finding: high
    return make(extraClaims, customer.getId());
  }

  private String make(Map<String, Object> claims, String subject) {
    return Jwts.builder().claims(claims).subject(subject).expiration(soon()).signWith(key).compact();
  }
}
