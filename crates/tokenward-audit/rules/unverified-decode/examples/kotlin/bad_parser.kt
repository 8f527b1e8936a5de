package shop

import com.nimbusds.jwt.JWTParser

class Tenants(private val repository: TenantRepository) {
    fun tenantOf(token: String): Tenant {
        val jwt = JWTParser.parse(token) // finding
        return repository.find(jwt.jwtClaimsSet.getStringClaim("tenant_id"))
    }
}
