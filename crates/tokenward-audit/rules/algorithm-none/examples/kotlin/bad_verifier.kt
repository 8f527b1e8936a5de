package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

val verifier = JWT.require(Algorithm.none()).build() // finding: critical
