package shop

import io.jsonwebtoken.Jwts
import java.time.Duration
import java.time.Instant
import java.util.Date

fun issue(user: User, key: SecretKey): String = Jwts.builder()
    .subject(user.id)
    .expiration(Date.from(Instant.now().plus(Duration.ofDays(365)))) // finding: high
    .signWith(key)
    .compact()
