package shop

import io.jsonwebtoken.Jwts
import java.util.Date

fun issue(user: User, key: SecretKey): String =
    Jwts.builder().subject(user.id).expiration(Date(System.currentTimeMillis() + 600_000)).signWith(key).compact()
