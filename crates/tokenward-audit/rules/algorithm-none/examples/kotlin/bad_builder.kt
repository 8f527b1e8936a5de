package shop

import io.jsonwebtoken.Jwts

fun issue(user: User): String {
    return Jwts.builder().subject(user.id).expiration(soon()).compact() // finding: high
}
