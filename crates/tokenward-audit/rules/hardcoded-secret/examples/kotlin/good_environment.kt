package shop

import com.auth0.jwt.algorithms.Algorithm

val algorithm: Algorithm = Algorithm.HMAC256(System.getenv("BILLING_JWT_KEY") ?: error("no key"))
