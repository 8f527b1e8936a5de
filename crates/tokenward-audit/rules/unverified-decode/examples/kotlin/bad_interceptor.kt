package shop

import com.auth0.jwt.JWT
import org.springframework.web.servlet.HandlerInterceptor

class UserInterceptor : HandlerInterceptor {
    fun authenticate(token: String): User {
        val jwt = JWT.decode(token) // finding: high
        return User(id = jwt.subject, role = jwt.getClaim("role").asString())
    }
}
