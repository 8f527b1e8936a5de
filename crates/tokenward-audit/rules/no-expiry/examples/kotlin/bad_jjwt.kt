package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: SecretKey): String =
    Jwts.builder().subject(user.id).signWith(key).compact() // finding: high
