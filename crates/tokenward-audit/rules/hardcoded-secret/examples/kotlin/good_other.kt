package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

// Algorithm.HMAC256("secret") stood here once.
fun read(token: String, algorithm: Algorithm) = JWT.require(algorithm).withIssuer("shop").build().verify(token)
