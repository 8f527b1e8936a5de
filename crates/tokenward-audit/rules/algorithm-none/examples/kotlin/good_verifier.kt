package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

fun verifier(key: ECPublicKey) = JWT.require(Algorithm.ECDSA256(key, null)).withIssuer("me").build()
