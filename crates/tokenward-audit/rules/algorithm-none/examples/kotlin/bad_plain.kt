package shop

import com.nimbusds.jwt.JWTClaimsSet
import com.nimbusds.jwt.PlainJWT

fun issue(user: String): String {
    val claims = JWTClaimsSet.Builder().subject(user).build()
    return PlainJWT(claims).serialize() // finding: high
}
