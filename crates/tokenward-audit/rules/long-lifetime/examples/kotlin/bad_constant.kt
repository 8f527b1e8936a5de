package shop

import com.auth0.jwt.JWT
import java.util.Date

private const val VALIDITY = 36_000_00 * 10

class Tokens(private val algorithm: Algorithm) {
    fun issue(user: User): String = JWT.create()
        .withSubject(user.id)
        .withExpiresAt(Date(System.currentTimeMillis() + VALIDITY)) // finding: medium
        .sign(algorithm)
}
