package shop

import com.auth0.jwt.JWT
import java.time.Instant
import java.time.temporal.ChronoUnit

fun invitation(mail: String, algorithm: Algorithm): String =
    JWT.create().withSubject(mail).withExpiresAt(Instant.now().plus(7, ChronoUnit.DAYS)).sign(algorithm)
