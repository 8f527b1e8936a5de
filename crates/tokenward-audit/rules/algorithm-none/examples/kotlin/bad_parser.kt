package shop

import io.jsonwebtoken.Jwts

fun read(token: String) =
    Jwts.parser().build().parseUnsecuredClaims(token).payload // finding: critical
