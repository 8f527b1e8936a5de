package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

fun issue(user: User, algorithm: Algorithm): String =
    JWT.create().withSubject(user.id).withExpiresAt(soon()).sign(algorithm)
