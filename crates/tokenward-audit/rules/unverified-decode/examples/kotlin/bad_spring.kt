package shop

import com.nimbusds.jwt.SignedJWT
import jakarta.servlet.http.HttpServletRequest

class Roles {
    fun roles(request: HttpServletRequest): Any? {
        val token = SignedJWT.parse(request.getHeader("X-Token")) // finding: high
        return token.jwtClaimsSet.getClaim("roles")
    }
}
