package shop

import io.jsonwebtoken.Jwts

fun issue(user: User, key: PrivateKey): String =
    Jwts.builder().subject(user.id).expiration(soon()).signWith(key).compact()
