package shop

import io.jsonwebtoken.Jwts
import java.util.Date

fun issue(user: User, key: SecretKey): String = Jwts.builder()
    .subject(user.id)
    .expiration(Date(System.currentTimeMillis() + 1000L * 60 * 60 * 24 * 7)) // finding: high
    .signWith(key)
    .compact()
