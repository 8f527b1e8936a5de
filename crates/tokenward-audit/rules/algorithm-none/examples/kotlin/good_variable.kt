package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: PrivateKey): String {
    val builder = Jwts.builder().subject(user.id).expiration(soon())
    builder.signWith(key)
    return builder.compact()
}
