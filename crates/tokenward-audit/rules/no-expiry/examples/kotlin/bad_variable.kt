package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: SecretKey): String {
    val builder = Jwts.builder()
    builder.subject(user.id)
    builder.signWith(key)
    return builder.compact() // finding: high
}
