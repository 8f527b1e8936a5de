package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm.HMAC256

fun refreshToken(user: User, secret: String) = JWT.create().withSubject(user.id).sign(HMAC256(secret)) // finding: high
