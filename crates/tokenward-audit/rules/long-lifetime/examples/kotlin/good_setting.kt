package shop

import com.auth0.jwt.JWT
import java.util.Date

class Tokens(private val algorithm: Algorithm, private val settings: Settings) {
    fun issue(user: User): String =
        JWT.create().withSubject(user.id).withExpiresAt(Date(System.currentTimeMillis() + settings.lifetime)).sign(algorithm)
}
