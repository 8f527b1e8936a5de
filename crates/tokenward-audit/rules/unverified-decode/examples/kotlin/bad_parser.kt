package shop

import com.nimbusds.jwt.JWTParser

class Tenants(private val repository: TenantRepository) {
    fun tenantOf(token: String): Tenant {
        val jwt = JWTParser.parse(token) // finding: uncertain
        return repository.find(jwt.jwtClaimsSet.getStringClaim("tenant_id"))
    }
}
