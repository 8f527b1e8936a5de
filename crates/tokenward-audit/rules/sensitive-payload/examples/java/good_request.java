import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Sender {
  void send(Customer customer) {
    Map<String, Object> payload = new HashMap<>();
    payload.put("phone", customer.getPhone());
    String token = Jwts.builder().subject("sender").expiration(soon()).signWith(key).compact();
    gateway.post("/messages", payload, token);
  }
}
