package shop

import com.auth0.jwt.algorithms.Algorithm

val algorithm: Algorithm = Algorithm.HMAC256("orchard-winter-42") // finding: high
