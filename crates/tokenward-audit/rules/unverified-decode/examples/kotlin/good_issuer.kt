package shop

import com.nimbusds.jwt.JWTParser

class Issuers(private val known: Map<String, Issuer>) {
    fun issuerOf(token: String): Issuer? {
        val claims = JWTParser.parse(token).jwtClaimsSet
        return known[claims.issuer]
    }
}
