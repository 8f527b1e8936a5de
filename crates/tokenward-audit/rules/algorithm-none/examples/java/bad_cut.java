import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Reader {
  Claims read(String token) {
    int end = token.lastIndexOf('.');
    return (Claims) Jwts.parserBuilder().build().parse(token.substring(0, end + 1)).getBody(); // finding: uncertain
  }
}
