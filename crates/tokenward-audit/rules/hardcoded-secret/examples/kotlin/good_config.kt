package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm
import io.ktor.server.application.Application

fun Application.verifier() =
    JWT.require(Algorithm.HMAC256(environment.config.property("jwt.secret").getString())).build()
