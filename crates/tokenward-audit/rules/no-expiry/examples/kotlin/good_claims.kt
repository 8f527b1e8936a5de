package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: SecretKey): String {
    val claims = mapOf("sub" to user.id, "exp" to soon())
    return Jwts.builder().claims(claims).signWith(key).compact()
}
