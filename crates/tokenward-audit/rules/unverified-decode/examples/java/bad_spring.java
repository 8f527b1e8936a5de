package shop;

import org.springframework.security.jwt.JwtHelper;
import org.springframework.web.bind.annotation.RequestHeader;

class Me {
    String me(@RequestHeader("Authorization") String authorization) {
        return JwtHelper.decode(authorization.substring(7)).getClaims(); // finding: uncertain
    }
}
