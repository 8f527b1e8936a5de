package shop

import io.jsonwebtoken.JwtBuilder
import io.jsonwebtoken.Jwts

class Tokens(private val clock: Clock) {
    fun issue(user: User, key: SecretKey): String {
        val builder = Jwts.builder().subject(user.id)
        ends(builder)
        return builder.signWith(key).compact()
    }

    private fun ends(builder: JwtBuilder) = builder.expiration(clock.soon())
}
