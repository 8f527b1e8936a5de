package shop

import io.jsonwebtoken.Jwts

fun issue(claims: Map<String, Any>, key: SecretKey): String =
    Jwts.builder().claims(claims).signWith(key).compact()
