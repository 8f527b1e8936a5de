package shop;

import com.auth0.jwt.JWT;
import java.util.Date;

class Renewal {
    boolean isOld(String token) {
        return JWT.decode(token).getExpiresAt().before(new Date());
    }
}
