package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

class Tokens(private val algorithm: Algorithm) {
    fun issue(user: User): String {
        return JWT.create().withIssuer("shop").withSubject(user.id).sign(algorithm) // finding: high
    }
}
