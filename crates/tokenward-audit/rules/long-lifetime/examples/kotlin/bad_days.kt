package shop

import com.auth0.jwt.JWT
import java.time.Instant
import java.time.temporal.ChronoUnit

fun accessToken(user: User, algorithm: Algorithm): String =
    JWT.create()
        .withSubject(user.id)
        .withExpiresAt(Instant.now().plus(30, ChronoUnit.DAYS)) // finding: high
        .sign(algorithm)
