package shop;

import com.auth0.jwt.JWT;
import jakarta.servlet.http.HttpServletRequest;

class Profile {
    Account of(HttpServletRequest request) {
        String token = (String) request.getSession().getAttribute("token");
        return accounts.find(JWT.decode(token).getSubject());
    }
}
