package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: SecretKey): String {
    val claims = mapOf("sub" to user.id, "role" to user.role)
    return Jwts.builder().claims(claims).signWith(key).compact() // finding: high
}
