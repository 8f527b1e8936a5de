package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

private val secret = System.getenv("JWT_SECRET") ?: "development" // finding: high

fun verifier() = JWT.require(Algorithm.HMAC512(secret)).build()
