package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: SecretKey, ends: Date): String =
    Jwts.builder().subject(user.id).expiration(ends).signWith(key).compact()
